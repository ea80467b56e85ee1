using System.Buffers;
using System.Runtime.InteropServices;
using CondaFuse.Compression;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Collects a table in memory as metadata blocks: 8 KiB of content each, compressed if that makes it smaller.</summary>
internal sealed class MetadataWriter(IBlockCompressor compressor)
{
    private readonly ArrayBufferWriter<byte> _stored = new();
    private readonly byte[] _block = new byte[SquashFsFormat.MetadataSize];
    private readonly byte[] _packed = new byte[SquashFsFormat.MetadataSize];
    private readonly List<uint> _starts = [];
    private int _length;

    /// <summary>Start of the current block, relative to the table.</summary>
    public uint Block => (uint)_stored.WrittenCount;

    /// <summary>Offset in the current block's content: less than 8192.</summary>
    public int Offset => _length;

    /// <summary>The starts of the blocks, relative to the table. Complete after <see cref="Flush"/>.</summary>
    public IReadOnlyList<uint> Starts => _starts;

    /// <summary>The blocks. Complete after <see cref="Flush"/>.</summary>
    public ReadOnlySpan<byte> Stored => _stored.WrittenSpan;

    /// <summary>
    /// Continues an existing table: all blocks except the last are copied in stored form, and the content of the last one is written again.
    /// </summary>
    public void Continue(ReadOnlySpan<byte> stored, ReadOnlySpan<uint> starts, ReadOnlySpan<byte> last)
    {
        _stored.Write(stored);
        _starts.AddRange(starts);
        Write(last);
    }

    public void Write<T>(in T value)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var step = Math.Min(bytes.Length, _block.Length - _length);
            bytes[..step].CopyTo(_block.AsSpan(_length));
            bytes = bytes[step..];
            _length += step;
            if (_length == _block.Length)
            {
                Flush();
            }
        }
    }

    /// <summary>Ends the current block early, so that a new one starts.</summary>
    public void Flush()
    {
        if (_length == 0)
        {
            return;
        }

        _starts.Add(Block);
        Store(_stored, compressor, _block.AsSpan(0, _length), _packed);
        _length = 0;
    }

    private static void Store(ArrayBufferWriter<byte> stored, IBlockCompressor compressor, ReadOnlySpan<byte> content, byte[] packed)
    {
        var length = compressor.Compress(content, packed.AsSpan(0, content.Length - 1));
        var header = length > 0 ? (ushort)length : (ushort)(content.Length | SquashFsFormat.MetadataUncompressed);
        MemoryMarshal.Write(stored.GetSpan(sizeof(ushort)), header);
        stored.Advance(sizeof(ushort));
        stored.Write(length > 0 ? packed.AsSpan(0, length) : content);
    }
}
