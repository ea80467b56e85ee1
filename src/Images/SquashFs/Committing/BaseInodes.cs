using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>The inodes of the previous generation by number: the whole table, walked once from start to end.</summary>
internal sealed class BaseInodes
{
    private const int HeaderLength = 16;

    /// <summary>The record of a fifo or socket.</summary>
    private const int ShortestRecord = 20;

    private readonly DecompressedTable _table;
    private readonly int _blockSize;
    private readonly int[] _offsets;

    /// <exception cref="ImageException">The table is inconsistent.</exception>
    public BaseInodes(DecompressedTable table, uint inodes, int blockSize)
    {
        (_table, _blockSize) = (table, blockSize);
        if (inodes > table.Content.Length / ShortestRecord)
        {
            throw new ImageException(
                ImageFault.InodeCount, $"The image claims {inodes} inodes; its inode table of {table.Content.Length} bytes holds fewer.");
        }

        _offsets = new int[checked((int)(inodes + 1))];
        Array.Fill(_offsets, -1);
        for (var at = 0; at < table.Content.Length; at += LengthAt(at))
        {
            var number = HeaderAt(at).Number;
            if (number == 0 || number > inodes)
            {
                throw new ImageException(ImageFault.InodeNumber, $"An inode has the number {number}; there are {inodes}.");
            }

            if (!IsFiller(at))
            {
                _offsets[number] = at;
            }
        }
    }

    /// <summary>Highest number that an inode may have in this table.</summary>
    public uint Highest => (uint)_offsets.Length - 1;

    /// <summary>Finds an inode.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="offset">The start of its record.</param>
    public bool TryFind(ulong number, out int offset)
    {
        offset = number < (ulong)_offsets.Length ? _offsets[number] : -1;
        return offset >= 0;
    }

    /// <summary>Finds the inode that an entry of a listing refers to.</summary>
    /// <exception cref="ImageException">The number and the position do not match.</exception>
    public int Find(uint number, InodeReference reference) =>
        TryFind(number, out var offset) && _table.ReferenceOf(offset) == reference
            ? offset
            : throw new ImageException(
                ImageFault.EntryInode,
                $"An entry names inode {number} at {reference.Block}:{reference.Offset}, where the inode table has another one.");

    /// <summary>The inode at a reference.</summary>
    public int At(InodeReference reference) => _table.OffsetOf((uint)Math.Min(reference.Block, uint.MaxValue), reference.Offset);

    public RawInodeHeader HeaderAt(int offset) => Read<RawInodeHeader>(offset);

    public EntryKind KindAt(int offset) => InodeTypes.TryGetKind((InodeType)HeaderAt(offset).Type, out var kind)
        ? kind
        : throw new ImageException(ImageFault.InodeType, $"An inode has the type {HeaderAt(offset).Type}.");

    /// <summary>The stored bytes of an inode.</summary>
    public ReadOnlySpan<byte> RecordAt(int offset) => _table.Content.Slice(offset, LengthAt(offset));

    /// <summary>The file whose record starts at an offset.</summary>
    public BaseFile FileAt(int offset)
    {
        var body = offset + HeaderLength;
        if (HeaderAt(offset).Type == (ushort)InodeType.ExtendedFile)
        {
            var raw = Read<RawExtendedFile>(body);
            var sizes = SizesOf(body + Unsafe.SizeOf<RawExtendedFile>(), (long)raw.Size, raw.Fragment);
            return new BaseFile((long)raw.FirstBlock, (long)raw.Size, raw.Fragment, raw.FragmentOffset, sizes);
        }
        else
        {
            var raw = Read<RawFile>(body);
            return new BaseFile(
                raw.FirstBlock, raw.Size, raw.Fragment, raw.FragmentOffset, SizesOf(body + Unsafe.SizeOf<RawFile>(), raw.Size, raw.Fragment));
        }
    }

    /// <summary>
    /// The listing of the directory whose record starts at an offset: start of its block relative to the table, offset in the block, and length; and
    /// its extended attributes.
    /// </summary>
    public (uint Block, ushort Offset, uint Length, uint Xattrs) DirectoryAt(int offset)
    {
        const int extra = SquashFsFormat.DirectorySizeExtra;
        var body = offset + HeaderLength;
        if (HeaderAt(offset).Type == (ushort)InodeType.ExtendedDirectory)
        {
            var raw = Read<RawExtendedDirectory>(body);
            return (raw.ListingBlock, raw.ListingOffset, Math.Max(raw.Size, extra) - extra, raw.Xattrs);
        }
        else
        {
            var raw = Read<RawDirectory>(body);
            return (raw.ListingBlock, raw.ListingOffset, (uint)Math.Max(raw.Size, (ushort)extra) - extra, SquashFsFormat.NoXattrs);
        }
    }

    /// <summary>Index of an inode's extended attributes, or <see cref="SquashFsFormat.NoXattrs"/>.</summary>
    public uint XattrsAt(int offset)
    {
        var type = (InodeType)HeaderAt(offset).Type;
        var length = LengthAt(offset);
        return type switch
        {
            <= InodeType.Socket => SquashFsFormat.NoXattrs,
            InodeType.ExtendedDirectory => DirectoryAt(offset).Xattrs,
            InodeType.ExtendedFile => Read<RawExtendedFile>(offset + HeaderLength).Xattrs,
            _ => Read<uint>(offset + length - sizeof(uint)),
        };
    }

    /// <summary>Whether the record only fills the place of an unused number.</summary>
    private bool IsFiller(int at) => HeaderAt(at).Type == (ushort)InodeType.Fifo && Read<RawIpc>(at + HeaderLength).LinkCount == 0;

    private int LengthAt(int at)
    {
        var type = (InodeType)HeaderAt(at).Type;
        var body = at + HeaderLength;
        var length = type switch
        {
            InodeType.Directory => Unsafe.SizeOf<RawDirectory>(),
            InodeType.ExtendedDirectory => DirectoryLength(body),
            InodeType.File => Unsafe.SizeOf<RawFile>() + BlocksLength(Read<RawFile>(body).Size, Read<RawFile>(body).Fragment),
            InodeType.ExtendedFile =>
                Unsafe.SizeOf<RawExtendedFile>() + BlocksLength((long)Read<RawExtendedFile>(body).Size, Read<RawExtendedFile>(body).Fragment),
            InodeType.Symlink or InodeType.ExtendedSymlink =>
                Unsafe.SizeOf<RawSymlink>() + (int)Math.Min(Read<RawSymlink>(body).TargetLength, ushort.MaxValue),
            InodeType.BlockDevice or InodeType.CharacterDevice or InodeType.ExtendedBlockDevice or InodeType.ExtendedCharacterDevice =>
                Unsafe.SizeOf<RawDevice>(),
            >= InodeType.Fifo and <= InodeType.ExtendedSocket => Unsafe.SizeOf<RawIpc>(),
            _ => throw new ImageException(ImageFault.InodeType, $"An inode has the type {(ushort)type}."),
        };
        length += HeaderLength + (type > InodeType.ExtendedFile ? sizeof(uint) : 0);
        return length <= _table.Content.Length - at ? length : throw TooLong();
    }

    private int DirectoryLength(int body)
    {
        var length = Unsafe.SizeOf<RawExtendedDirectory>();
        for (var left = Read<RawExtendedDirectory>(body).IndexCount; left > 0; left--)
        {
            length += Unsafe.SizeOf<RawDirectoryIndex>()
                + (int)Math.Min(Read<RawDirectoryIndex>(body + length).NameLengthMinusOne, ushort.MaxValue)
                + 1;
        }

        return length;
    }

    private int BlocksLength(long size, uint fragment)
    {
        var blocks = fragment == SquashFsFormat.NoFragment ? (size + _blockSize - 1) / _blockSize : size / _blockSize;
        return size >= 0 && blocks <= _table.Content.Length / sizeof(uint) ? (int)blocks * sizeof(uint) : throw TooLong();
    }

    private ReadOnlySpan<byte> SizesOf(int at, long size, uint fragment) => _table.Content.Slice(at, BlocksLength(size, fragment));

    private T Read<T>(int at)
        where T : unmanaged =>
        Unsafe.SizeOf<T>() <= _table.Content.Length - at ? MemoryMarshal.Read<T>(_table.Content[at..]) : throw TooLong();

    private static ImageException TooLong() => new(ImageFault.MetadataPlace, "An inode is longer than what is left of the inode table.");
}
