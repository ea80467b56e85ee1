using CondaFuse.Compression;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>A whole table of metadata blocks, decompressed. All blocks except the last one hold 8192 bytes.</summary>
internal sealed class DecompressedTable
{
    private const int BlocksPerTask = 64;

    private readonly byte[] _stored;
    private readonly byte[] _content;
    private readonly List<uint> _starts = [];
    private readonly Dictionary<uint, int> _blocks = [];
    private readonly string _name;
    private int _lastLength;

    private DecompressedTable(byte[] stored, string name)
    {
        (_stored, _name) = (stored, name);
        for (var at = 0; at < stored.Length; at += sizeof(ushort) + LengthAt(at))
        {
            if (stored.Length - at < sizeof(ushort)
                || LengthAt(at) is 0 or > SquashFsFormat.MetadataSize
                || stored.Length - at - sizeof(ushort) < LengthAt(at))
            {
                throw new ImageException(
                    ImageFault.MetadataLength, $"A block of the {name} table, {at} bytes from its start, claims a length that it cannot have.");
            }

            _blocks.Add((uint)at, _starts.Count);
            _starts.Add((uint)at);
            if (IsShort(at) && at + sizeof(ushort) + LengthAt(at) < stored.Length)
            {
                throw new ImageException(
                    ImageFault.MetadataLength, $"A block of the {name} table, {at} bytes from its start, holds {LengthAt(at)} bytes.");
            }
        }

        _content = new byte[_starts.Count * SquashFsFormat.MetadataSize];
    }

    /// <summary>The table's content.</summary>
    public ReadOnlySpan<byte> Content =>
        _content.AsSpan(0, _starts.Count == 0 ? 0 : ((_starts.Count - 1) * SquashFsFormat.MetadataSize) + _lastLength);

    /// <summary>The starts of its blocks, relative to the table.</summary>
    public IReadOnlyList<uint> Starts => _starts;

    /// <summary>Reads a table.</summary>
    /// <param name="file">The image.</param>
    /// <param name="codec">Its codec.</param>
    /// <param name="range">The range of its blocks, which must contain nothing else.</param>
    /// <param name="threads">The number of threads that may decompress.</param>
    public static DecompressedTable Read(ImageFile file, ICodec codec, TableRange range, int threads)
    {
        if (range.End < range.Start || range.End - range.Start > Array.MaxLength / 4)
        {
            throw new ImageException(ImageFault.TablePlace, $"{file.Path}: the {range.Name} table lies from {range.Start} to {range.End}.");
        }

        var stored = new byte[range.End - range.Start];
        file.Read(range.Start, stored);
        var table = new DecompressedTable(stored, range.Name);
        table.Decompress(codec, threads);
        return table;
    }

    /// <summary>The offset of a reference in the content.</summary>
    public int OffsetOf(uint block, int offset)
    {
        var place = _blocks.TryGetValue(block, out var index) ? (index * SquashFsFormat.MetadataSize) + offset : int.MaxValue;
        return offset < SquashFsFormat.MetadataSize && place <= Content.Length
            ? place
            : throw new ImageException(ImageFault.MetadataPlace, $"A reference leads to {block}:{offset}, where the {_name} table has nothing.");
    }

    /// <summary>The reference to an offset in the content.</summary>
    public InodeReference ReferenceOf(int offset) => new(_starts[offset / SquashFsFormat.MetadataSize], offset % SquashFsFormat.MetadataSize);

    /// <summary>The stored bytes of all blocks except the last, and the content of the last one.</summary>
    public void Split(out ReadOnlySpan<byte> stored, out ReadOnlySpan<byte> last)
    {
        stored = _starts.Count == 0 ? [] : _stored.AsSpan(0, (int)_starts[^1]);
        last = _starts.Count == 0 ? [] : Content[((_starts.Count - 1) * SquashFsFormat.MetadataSize)..];
    }

    /// <summary>Whether a block is uncompressed and shorter than every block except the last must be.</summary>
    private bool IsShort(int at) => (HeaderAt(at) & SquashFsFormat.MetadataUncompressed) != 0 && LengthAt(at) < SquashFsFormat.MetadataSize;

    private int LengthAt(int at) => HeaderAt(at) & ~SquashFsFormat.MetadataUncompressed;

    private ushort HeaderAt(int at) => (ushort)(_stored[at] | (at + 1 < _stored.Length ? _stored[at + 1] << 8 : 0));

    private void Decompress(ICodec codec, int threads)
    {
        var tasks = (_starts.Count + BlocksPerTask - 1) / BlocksPerTask;
        Parallel.For(0, tasks, new ParallelOptions { MaxDegreeOfParallelism = threads }, codec.CreateDecompressor, (task, _, decompressor) =>
        {
            for (var i = task * BlocksPerTask; i < Math.Min(_starts.Count, (task + 1) * BlocksPerTask); i++)
            {
                Decompress(i, decompressor);
            }

            return decompressor;
        }, decompressor => decompressor.Dispose());
    }

    private void Decompress(int index, IBlockDecompressor decompressor)
    {
        var at = (int)_starts[index];
        var packed = _stored.AsSpan(at + sizeof(ushort), LengthAt(at));
        var room = _content.AsSpan(index * SquashFsFormat.MetadataSize, SquashFsFormat.MetadataSize);
        int length;
        if ((HeaderAt(at) & SquashFsFormat.MetadataUncompressed) != 0)
        {
            packed.CopyTo(room);
            length = packed.Length;
        }
        else if (!decompressor.TryDecompress(packed, room, out length))
        {
            throw new ImageException(ImageFault.MetadataContent, $"A block of the {_name} table, {at} bytes from its start, cannot be decompressed.");
        }

        var isLast = index == _starts.Count - 1;
        if (length == 0 || (!isLast && length != SquashFsFormat.MetadataSize))
        {
            throw new ImageException(ImageFault.MetadataLength, $"A block of the {_name} table, {at} bytes from its start, holds {length} bytes.");
        }

        if (isLast)
        {
            _lastLength = length;
        }
    }
}
