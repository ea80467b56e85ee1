using ICSharpCode.SharpZipLib.BZip2;

namespace CondaFuse.Compression.Portable;

/// <summary>Compresses members to bzip2 streams with SharpZipLib.</summary>
internal sealed class PortableBzip2Compressor : IBlockCompressor
{
    private readonly int _level;

    /// <param name="level">1 to 9: blocks of so many 100 kB.</param>
    public PortableBzip2Compressor(int level) => _level = new LevelRange(1, 9, 9).Check(level);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var output = new MemoryStream();
        using (var compressor = new BZip2OutputStream(output, _level) { IsStreamOwner = false })
        {
            compressor.Write(source);
        }

        return output.Length <= destination.Length && output.GetBuffer().AsSpan(0, (int)output.Length).TryCopyTo(destination) ? (int)output.Length : 0;
    }

    public void Dispose()
    {
    }
}
