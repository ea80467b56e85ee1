using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads forward through the metadata blocks of a table. It pins one block at a time. Must be disposed, and never copied.</summary>
internal ref struct MetadataCursor
{
    private readonly MetadataStore _store;
    private readonly TableRange _table;
    private BlockLease _lease;
    private ReadOnlySpan<byte> _content;
    private long _block;
    private int _offset;

    /// <param name="store">The blocks.</param>
    /// <param name="table">The table that the cursor must not leave.</param>
    /// <param name="block">Position of a block in the image.</param>
    /// <param name="offset">Offset in its content to start at.</param>
    /// <exception cref="ImageException">The position is not in the table.</exception>
    public MetadataCursor(MetadataStore store, in TableRange table, long block, int offset)
    {
        _store = store;
        _table = table;
        Enter(block);
        if (offset > _content.Length)
        {
            var length = _content.Length;
            Dispose();
            throw new ImageException(
                ImageFault.MetadataOffset,
                $"A reference points to offset {offset} of the {table.Name} block at {block}, which holds {length} bytes.");
        }

        _offset = offset;
    }

    /// <summary>Position of the current block in the image.</summary>
    public readonly long Block => _block;

    /// <summary>Offset in the current block's content.</summary>
    public readonly int Offset => _offset;

    /// <summary>The rest of the current block; at least one byte after <see cref="EnterNextIfAtEnd"/>.</summary>
    public readonly ReadOnlySpan<byte> Rest => _content[_offset..];

    /// <summary>Reads a raw struct.</summary>
    public T Read<T>()
        where T : unmanaged
    {
        Unsafe.SkipInit(out T value);
        if (_content.Length - _offset >= Unsafe.SizeOf<T>())
        {
            value = Unsafe.ReadUnaligned<T>(in _content[_offset]);
            _offset += Unsafe.SizeOf<T>();
        }
        else
        {
            Read(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        }

        return value;
    }

    /// <summary>Fills the destination.</summary>
    public void Read(scoped Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            EnterNextIfAtEnd();
            var step = Math.Min(destination.Length, _content.Length - _offset);
            _content.Slice(_offset, step).CopyTo(destination);
            destination = destination[step..];
            _offset += step;
        }
    }

    /// <summary>
    /// The next bytes: a view of the block if they are contiguous, otherwise a copy in <paramref name="room"/>. Valid until the cursor moves.
    /// </summary>
    public ReadOnlySpan<byte> Take(int length, Span<byte> room)
    {
        EnterNextIfAtEnd();
        if (_content.Length - _offset >= length)
        {
            _offset += length;
            return _content.Slice(_offset - length, length);
        }

        Read(room[..length]);
        return room[..length];
    }

    /// <summary>Skips bytes without decompressing blocks, except for the last one.</summary>
    public void Skip(long length)
    {
        while (length > _content.Length - _offset)
        {
            length -= _content.Length - _offset;
            var block = _lease.Next;
            while (length > SquashFs.Wire.SquashFsFormat.MetadataSize)
            {
                block = _store.Next(_table, block);
                length -= SquashFs.Wire.SquashFsFormat.MetadataSize;
            }

            Enter(block);
        }

        _offset += (int)length;
    }

    /// <summary>Enters the next block at the end of the current one.</summary>
    public void EnterNextIfAtEnd()
    {
        if (_offset == _content.Length)
        {
            Enter(_lease.Next);
        }
    }

    public void Dispose()
    {
        _lease.Dispose();
        _lease = default;
        _content = default;
    }

    private void Enter(long block)
    {
        var lease = _store.Get(_table, block);
        _lease.Dispose();
        _lease = lease;
        _content = lease.Content;
        _block = block;
        _offset = 0;
    }
}
