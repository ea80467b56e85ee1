namespace CondaFuse.Compression;

/// <summary>Compresses one block after the other, each on its own. Not for several threads at once.</summary>
public interface IBlockCompressor : IDisposable
{
    /// <summary>Compresses a block. The same input gives the same output, whatever was compressed before.</summary>
    /// <returns>Length of the output in bytes, or 0 if it does not fit into <paramref name="destination"/>.</returns>
    int Compress(ReadOnlySpan<byte> source, Span<byte> destination);
}
