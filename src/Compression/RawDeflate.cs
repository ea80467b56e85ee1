namespace CondaFuse.Compression;

/// <summary>Bare deflate (RFC 1951), all at once. Not for several threads at once.</summary>
public sealed class RawDeflate : IBlockDecompressor
{
    private readonly IBlockDecompressor _decompressor = CodecLibrary.Current.RawDeflate();

    /// <inheritdoc/>
    public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written) => _decompressor.TryDecompress(source, destination, out written);

    /// <inheritdoc/>
    public void Dispose() => _decompressor.Dispose();
}
