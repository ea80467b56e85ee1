using System.Buffers;
using System.Runtime.InteropServices;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Reads and compresses content. Not thread-safe.</summary>
/// <param name="source">The source.</param>
/// <param name="level">1 to 12; 0 disables compression.</param>
internal sealed class ContentCompressor(IReadableTree source, int level) : IDisposable
{
    /// <summary>Highest level of the compressor for pieces.</summary>
    private const int HighestForPieces = 9;

    private readonly RawDeflateCompressor? _whole = level == 0 ? null : new RawDeflateCompressor(level);
    private DeflatePieceCompressor? _pieces;

    /// <summary>Fills in the bytes to store.</summary>
    /// <exception cref="TreeException">The content cannot be read.</exception>
    public void Run(ZipContentPiece piece)
    {
        var content = ArrayPool<byte>.Shared.Rent(piece.Length);
        var stored = (byte[]?)null;
        try
        {
            var bytes = content.AsSpan(0, piece.Length);
            Read(piece, bytes);
            piece.Crc = Crc32.Append(0, bytes);
            var length = 0;
            if (level > 0 && piece.IsWhole)
            {
                stored = ArrayPool<byte>.Shared.Rent(piece.Length);
                length = _whole!.Compress(bytes, stored.AsSpan(0, piece.Length - 1));
            }
            else if (level > 0)
            {
                _pieces ??= new DeflatePieceCompressor(Math.Min(level, HighestForPieces));
                stored = ArrayPool<byte>.Shared.Rent(DeflatePieceCompressor.MaxBytes(piece.Length));
                length = _pieces.Compress(bytes, piece.IsLast, stored);
            }

            // A whole file is stored uncompressed if compression does not make it shorter.
            piece.Method = length > 0 ? ZipMethod.Deflate : ZipMethod.Stored;
            piece.StoredBytes = length > 0 ? length : piece.Length;
            if (length == 0)
            {
                (content, stored) = (stored ?? [], content);
            }

            piece.Stored = stored!;
            stored = null;
        }
        finally
        {
            Return(content);
            Return(stored);
        }
    }

    public void Dispose()
    {
        _whole?.Dispose();
        _pieces?.Dispose();
    }

    private void Read(ZipContentPiece piece, Span<byte> destination)
    {
        for (var done = 0; done < destination.Length;)
        {
            int read;
            try
            {
                read = source.Read(piece.Entry.Attributes.Node, piece.Offset + done, destination[done..]);
            }
            catch (TreeException exception)
            {
                throw new TreeException(exception.Failure, $"{piece.Entry.Path}: {exception.Message}", exception);
            }

            done += read > 0
                ? read
                : throw new TreeException(
                    TreeFailure.Corrupt, $"{piece.Entry.Path}: its content ends at {piece.Offset + done}, not at {piece.Entry.Size}.");
        }
    }

    private static void Return(byte[]? rented)
    {
        if (rented is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>A growing buffer in memory.</summary>
internal sealed class ArrayBuffer
{
    private byte[] _bytes = new byte[1 << 16];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)Length + bytes.Length, _bytes.Length * 2L)));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Append<T>(in T value)
        where T : unmanaged => Append(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}
