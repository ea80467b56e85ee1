namespace CondaFuse.Compression;

/// <summary>Decompresses one block after the other. Not for several threads at once.</summary>
public interface IBlockDecompressor : IDisposable
{
    /// <summary>Decompresses a block. Whatever the input, nothing beyond <paramref name="destination"/> is written and no memory is taken on its word.</summary>
    /// <param name="source">The compressed block.</param>
    /// <param name="destination">Takes the content; must hold all of it.</param>
    /// <param name="written">Length of the content in bytes.</param>
    /// <returns>False if the input is damaged or its content longer than the destination.</returns>
    bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written);
}
