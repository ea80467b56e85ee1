using System.Buffers;
using System.Collections.Concurrent;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Reads decompressed content: short entries at once, others in chunks; recent chunks are cached.</summary>
/// <param name="file">The archive.</param>
internal sealed class ZipContentReader(ImageFile file) : IDisposable
{
    public const int ChunkBytes = 128 << 10;

    private const int KeptChunks = 64;

    /// <summary>Maximum length of entries that are decompressed at once.</summary>
    private const int LongestWhole = 2 << 20;

    /// <summary>Number of chunks before the requested one that are cached when passed: other readers may need them soon.</summary>
    private const int KeptBefore = 8;

    private readonly BlockCache _chunks = new(ChunkBytes, KeptChunks);
    private readonly OpenEntries _open = new();
    private readonly ConcurrentBag<RawDeflate> _decompressors = [];

    /// <summary>Fills the destination, which must not extend beyond the end of the content.</summary>
    public void Read(int number, in ZipStoredContent content, long offset, Span<byte> destination)
    {
        if (destination.Length == content.Size && IsWhole(content))
        {
            DecompressWhole(content, destination);
            return;
        }

        while (!destination.IsEmpty)
        {
            using var chunk = GetChunk(number, content, offset / ChunkBytes);
            var piece = chunk.Content[(int)(offset % ChunkBytes)..];
            piece = piece[..Math.Min(piece.Length, destination.Length)];
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
            offset += piece.Length;
        }
    }

    /// <inheritdoc cref="BlockCache.Trim"/>
    public void Trim() => _chunks.Trim();

    public void Dispose()
    {
        _open.Dispose();
        _chunks.Dispose();
        while (_decompressors.TryTake(out var decompressor))
        {
            decompressor.Dispose();
        }
    }

    /// <summary>Deflate never expands content much; an entry that claims otherwise does not get that much memory.</summary>
    private static bool IsWhole(in ZipStoredContent content) =>
        content.Method == ZipMethod.Deflate && content.Size <= LongestWhole && content.StoredBytes <= content.Size + (content.Size / 8) + 1024;

    private static long KeyOf(int number, long chunk) => ((long)number << 32) | chunk;

    private static int LengthOf(in ZipStoredContent content, long chunk) => (int)Math.Min(ChunkBytes, content.Size - (chunk * ChunkBytes));

    private BlockLease GetChunk(int number, in ZipStoredContent content, long chunk)
    {
        if (_chunks.TryGetLoaded(KeyOf(number, chunk), out var lease))
        {
            return lease;
        }

        var entry = _open.Take(number);
        try
        {
            // All chunks of an entry are loaded under its lock, so the cache never waits for a load.
            lock (entry.Gate)
            {
                return _chunks.TryGetLoaded(KeyOf(number, chunk), out lease) ? lease
                    : IsWhole(content) ? LoadWhole(number, content, chunk)
                    : Load(entry, content, chunk);
            }
        }
        finally
        {
            _open.Return(entry);
        }
    }

    private BlockLease LoadWhole(int number, in ZipStoredContent content, long wanted)
    {
        var whole = ArrayPool<byte>.Shared.Rent((int)content.Size);
        try
        {
            DecompressWhole(content, whole.AsSpan(0, (int)content.Size));
            for (long chunk = 0; chunk * ChunkBytes < content.Size; chunk++)
            {
                if (chunk != wanted)
                {
                    Keep(number, chunk, new ArraySegment<byte>(whole, (int)chunk * ChunkBytes, LengthOf(content, chunk))).Dispose();
                }
            }

            return Keep(number, wanted, new ArraySegment<byte>(whole, (int)wanted * ChunkBytes, LengthOf(content, wanted)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private BlockLease Load(OpenEntry entry, in ZipStoredContent content, long wanted)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var from = content;
            // Streams are read chunk by chunk, so that they always stop at the start of a chunk.
            for (var chunk = entry.Approach(wanted * ChunkBytes, () => new EntryStream(file, from)) / ChunkBytes; ; chunk++)
            {
                var piece = new ArraySegment<byte>(buffer, 0, LengthOf(content, chunk));
                entry.Read(piece);
                if (chunk == wanted)
                {
                    return Keep(entry.Number, chunk, piece);
                }

                if (chunk >= wanted - KeptBefore)
                {
                    Keep(entry.Number, chunk, piece).Dispose();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private BlockLease Keep(int number, long chunk, ArraySegment<byte> content) =>
        _chunks.Get(KeyOf(number, chunk), content, static (ArraySegment<byte> source, Span<byte> memory, out long next) =>
        {
            source.AsSpan().CopyTo(memory);
            next = 0;
            return source.Count;
        });

    private void DecompressWhole(in ZipStoredContent content, Span<byte> destination)
    {
        var stored = ArrayPool<byte>.Shared.Rent((int)content.StoredBytes);
        var decompressor = _decompressors.TryTake(out var kept) ? kept : new RawDeflate();
        try
        {
            var source = stored.AsSpan(0, (int)content.StoredBytes);
            file.Read(content.Position, source);
            if (!decompressor.TryDecompress(source, destination, out var written) || written != destination.Length)
            {
                throw file.Damage(
                    ImageFault.BlockContent, $"the content at {content.Position} cannot be decompressed to {destination.Length} bytes.");
            }
        }
        finally
        {
            _decompressors.Add(decompressor);
            ArrayPool<byte>.Shared.Return(stored);
        }

        if (Crc32.Append(0, destination) != content.Crc)
        {
            throw file.Damage(ImageFault.Checksum, $"the content at {content.Position} does not match its checksum.");
        }
    }
}

/// <summary>The location of an entry's content, and its expected result.</summary>
/// <param name="Position">Its position in the file.</param>
/// <param name="StoredBytes">Its stored length.</param>
/// <param name="Size">Its length when decompressed.</param>
/// <param name="Crc">Its CRC-32.</param>
/// <param name="Method">The compression method.</param>
internal readonly record struct ZipStoredContent(long Position, long StoredBytes, long Size, uint Crc, ZipMethod Method);
