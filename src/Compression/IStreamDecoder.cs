namespace CondaFuse.Compression;

/// <summary>Decompresses a stream of any length, piece by piece. Not for several threads at once.</summary>
public interface IStreamDecoder : IDisposable
{
    /// <summary>Goes on. Whatever the input, nothing outside of <paramref name="destination"/> is written.</summary>
    /// <param name="source">The input from where the last call stopped.</param>
    /// <param name="destination">Takes content.</param>
    /// <param name="consumed">Bytes of input that were taken.</param>
    /// <param name="written">Bytes of content.</param>
    DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written);

    /// <summary>A decoder of its own that is where this one is; null where the library can make none.</summary>
    IStreamDecoder? TryCopy();
}
