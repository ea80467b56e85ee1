using System.Buffers;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Decompresses an entry to its end, from its beginning or from a copy of a stream. Used by one thread at a time.</summary>
internal sealed class EntryStream : IDisposable
{
    private const int InputBytes = 64 << 10;

    private readonly ImageFile _file;
    private readonly ZipStoredContent _content;
    private readonly IStreamDecoder _decoder;
    private long _consumed;
    private uint _crc;
    private bool _hasEnded;

    public EntryStream(ImageFile file, in ZipStoredContent content)
        : this(file, content, CreateDecoder(content.Method))
    {
    }

    private EntryStream(ImageFile file, in ZipStoredContent content, IStreamDecoder decoder) =>
        (_file, _content, _decoder) = (file, content, decoder);

    /// <summary>Number of content bytes decompressed.</summary>
    public long Position { get; private set; }

    /// <summary>Copies this stream at its current position; null if its codec cannot do that.</summary>
    public EntryStream? TryCopy() => _decoder.TryCopy() is { } decoder
        ? new EntryStream(_file, _content, decoder) { _consumed = _consumed, _crc = _crc, _hasEnded = _hasEnded, Position = Position }
        : null;

    /// <summary>Fills the destination; at the end of the entry, its checksum is compared.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.BlockContent"/>, <see cref="ImageFault.Checksum"/>.</exception>
    public void Read(Span<byte> destination)
    {
        var filled = Decode(destination);
        if (filled < destination.Length)
        {
            throw Broken("ends early");
        }

        _crc = Crc32.Append(_crc, destination);
        Position += filled;
        if (Position == _content.Size)
        {
            Finish();
        }
    }

    public void Dispose() => _decoder.Dispose();

    private static IStreamDecoder CreateDecoder(ZipMethod method) => method switch
    {
        ZipMethod.Deflate => StreamDecoders.Deflate(),
        ZipMethod.Bzip2 => StreamDecoders.Bzip2(),
        ZipMethod.Zstd => StreamDecoders.Zstd(),
        _ => StreamDecoders.Xz(),
    };

    private void Finish()
    {
        if (Decode(stackalloc byte[1]) > 0)
        {
            throw Broken("is longer than it claims");
        }

        if (_crc != _content.Crc)
        {
            throw _file.Damage(ImageFault.Checksum, $"the content at {_content.Position} does not match its checksum.");
        }
    }

    /// <summary>Decompresses until the destination is full or the content ends.</summary>
    private int Decode(Span<byte> destination)
    {
        var input = ArrayPool<byte>.Shared.Rent(InputBytes);
        try
        {
            var done = 0;
            while (done < destination.Length && !_hasEnded)
            {
                var source = input.AsSpan(0, (int)Math.Min(InputBytes, _content.StoredBytes - _consumed));
                _file.Read(_content.Position + _consumed, source);
                done += DecodePiece(source, destination[done..]);
            }

            return done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }

    /// <summary>Decompresses until the piece of input is consumed or the destination is full.</summary>
    private int DecodePiece(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var done = 0;
        while (done < destination.Length && !_hasEnded)
        {
            var status = _decoder.Decode(source, destination[done..], out var consumed, out var written);
            _consumed += consumed;
            source = source[consumed..];
            done += written;
            // Several zstd frames may follow each other; other methods have only one stream.
            var isLast = _consumed == _content.StoredBytes;
            _hasEnded = status == DecodeStatus.Ended ? isLast || _content.Method != ZipMethod.Zstd : isLast && consumed == 0 && written == 0;
            if (status == DecodeStatus.Damaged)
            {
                throw Broken("cannot be decompressed");
            }

            if (consumed == 0 && written == 0)
            {
                return source.IsEmpty ? done : _hasEnded ? done : throw Broken("cannot be decompressed");
            }

            if (source.IsEmpty && !isLast)
            {
                return done;
            }
        }

        return done;
    }

    private ImageException Broken(string what) => _file.Damage(ImageFault.BlockContent, $"the content at {_content.Position} {what}.");
}

/// <summary>One name of a directory.</summary>
/// <param name="Parent">The directory's inode number.</param>
/// <param name="Inode">The number of the entry.</param>
/// <param name="NameOffset">Start of the name in the table's names.</param>
/// <param name="NameLength">Length of the name in bytes.</param>
internal readonly record struct EntryLink(int Parent, int Inode, int NameOffset, byte NameLength);
