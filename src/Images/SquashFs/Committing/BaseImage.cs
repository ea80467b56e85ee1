using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Compression;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>The generation that a commit builds on: its tables, read completely.</summary>
internal sealed class BaseImage : IDisposable
{
    private BaseImage(OpenImage image, PrivateRecord? record, int threads)
    {
        (Image, Record) = (image, record);
        ref readonly var raw = ref image.Superblock.Raw;
        Codec = Writing.CompressorOptions.Configured(image.Superblock.RequireCodec(image.File.Path), CompressorOptions());
        Inodes = new BaseInodes(DecompressedTable.Read(image.File, Codec, image.Superblock.InodeTable, threads), raw.InodeCount, (int)raw.BlockSize);
        Listings = DecompressedTable.Read(image.File, Codec, image.Superblock.DirectoryTable with { End = EndOfListings() }, threads);
        Owners = Entries<uint>("id", raw.IdTable, raw.IdCount);
        Fragments = Entries<RawFragment>("fragment", raw.FragmentTable, raw.FragmentCount);
    }

    public OpenImage Image { get; }

    public PrivateRecord? Record { get; }

    public ICodec Codec { get; }

    public BaseInodes Inodes { get; }

    public DecompressedTable Listings { get; }

    public uint[] Owners { get; }

    public RawFragment[] Fragments { get; }

    /// <summary>Highest inode number that any generation has assigned.</summary>
    public ulong HighestInode => Record?.Raw.HighestInode ?? Image.Superblock.Raw.InodeCount;

    /// <summary>The position of the root's inode.</summary>
    public int Root => Inodes.At(new InodeReference(Image.Superblock.Raw.RootInode));

    /// <summary>Reads the file's current generation.</summary>
    /// <exception cref="ImageException">It is damaged, so nothing may build on it.</exception>
    public static BaseImage Read(ImageFile file, int threads) => Read(file, Generation.Current(file), threads);

    /// <summary>Reads a generation. Disposing it closes the file, and so does a failure.</summary>
    public static BaseImage Read(ImageFile file, Generation generation, int threads)
    {
        var image = OpenImage.Open(file, _ => generation);
        try
        {
            var record = generation.Record;
            ref readonly var raw = ref image.Superblock.Raw;
            if (record is not null && !ChecksumVerification.Matches(image, raw.InodeTable, raw.BytesUsed, record.Raw.TablesChecksum))
            {
                throw new ImageException(ImageFault.Checksum, $"{file.Path}: the tables do not match their checksum; nothing can be built on them.");
            }

            return new BaseImage(image, record, threads);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>The fragment with a file's last bytes.</summary>
    public RawFragment FragmentOf(in BaseFile file) => file.Fragment < Fragments.Length
        ? Fragments[file.Fragment]
        : throw new ImageException(ImageFault.FragmentIndex, $"A file's last bytes are in fragment {file.Fragment}; there are {Fragments.Length}.");

    /// <summary>The listing of the directory whose inode's record starts at an offset.</summary>
    public BaseListing ListingAt(int offset)
    {
        var (block, within, length, _) = Inodes.DirectoryAt(offset);
        if (length == 0)
        {
            return default;
        }

        var start = Listings.OffsetOf(block, within);
        return length <= Listings.Content.Length - start
            ? new BaseListing(Listings.Content.Slice(start, (int)length))
            : throw new ImageException(
                ImageFault.Listing, $"A directory's listing of {length} bytes is longer than what is left of the directory table.");
    }

    /// <summary>The entries of a lookup table.</summary>
    public T[] Entries<T>(string name, ulong list, uint count)
        where T : unmanaged
    {
        if (count == 0)
        {
            return [];
        }

        // Each entry stands for bytes stored in the image: owners, blocks and sets of attributes.
        if (count > Image.Superblock.BytesUsed)
        {
            throw new ImageException(
                ImageFault.TablePlace,
                $"{Image.File.Path}: the {name} table claims {count} entries; the image has {Image.Superblock.BytesUsed} bytes.");
        }

        var table = new LookupTable<T>(Image.File, Image.Metadata, name, (long)list, Image.Superblock.BytesUsed, count);
        var entries = new T[count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = table[i];
        }

        return entries;
    }

    /// <summary>The compressor's options after the superblock; empty if there are none.</summary>
    public byte[] CompressorOptions()
    {
        const int max = 64;
        var start = System.Runtime.CompilerServices.Unsafe.SizeOf<RawSuperblock>();
        if (!((SuperblockFlags)Image.Superblock.Raw.Flags).HasFlag(SuperblockFlags.CompressorOptions))
        {
            return [];
        }

        var options = new byte[Math.Min(Image.File.Read<ushort>(start) & ~SquashFsFormat.MetadataUncompressed, max)];
        Image.File.Read(start + sizeof(ushort), options);
        return options;
    }

    public void Dispose() => Image.Dispose();

    /// <summary>The directory table ends where the first block of the next table starts.</summary>
    private long EndOfListings()
    {
        ref readonly var raw = ref Image.Superblock.Raw;
        var end = Image.Superblock.DirectoryTable.End;
        ReadOnlySpan<ulong> lists = [
            raw.FragmentCount > 0 ? raw.FragmentTable : SquashFsFormat.NoTable,
            raw.ExportTable,
            raw.IdTable,
            raw.XattrTable,
        ];
        foreach (var list in lists)
        {
            // The start of a list's first block; for the xattr table, the start of its values (undefined if there are none).
            var first = list == SquashFsFormat.NoTable ? list : Image.File.Read<ulong>((long)list);
            end = first > raw.DirectoryTable ? (long)Math.Min((ulong)end, first) : end;
        }

        return end;
    }
}

/// <summary>The extended attributes of the base, taken over unchanged, because sets refer to each other's values by position.</summary>
internal sealed class BaseXattrs
{
    private readonly DecompressedTable? _values;

    public BaseXattrs(BaseImage image, int threads)
    {
        var table = image.Image.Superblock.Raw.XattrTable;
        var header = table == SquashFsFormat.NoTable ? default : image.Image.File.Read<RawXattrTable>((long)table);
        Sets = [];
        if (header.Count > 0)
        {
            var list = table + 16;
            Sets = image.Entries<RawXattrSet>("xattr", list, header.Count);
            var range = new TableRange("xattr", (long)header.Start, image.Image.File.Read<long>((long)list));
            _values = DecompressedTable.Read(image.Image.File, image.Codec, range, threads);
        }
    }

    /// <summary>The sets, by index.</summary>
    public RawXattrSet[] Sets { get; }

    /// <summary>Starts a table of values with those of the base, at unchanged positions.</summary>
    public void CopyTo(MetadataWriter values)
    {
        if (_values is not null)
        {
            _values.Split(out var stored, out var last);
            values.Continue(stored, [.. _values.Starts.SkipLast(1)], last);
        }
    }
}

/// <summary>Patches the location of a file's content in its stored inode.</summary>
internal static class FileLocation
{
    /// <summary>Sets the start of the blocks and the index of the fragment.</summary>
    public static void Set(Span<byte> inode, long start, uint fragment)
    {
        var body = inode[Unsafe.SizeOf<RawInodeHeader>()..];
        if (MemoryMarshal.Read<RawInodeHeader>(inode).Type == (ushort)InodeType.ExtendedFile)
        {
            ref var raw = ref MemoryMarshal.AsRef<RawExtendedFile>(body);
            (raw.FirstBlock, raw.Fragment) = ((ulong)start, fragment);
        }
        else
        {
            ref var raw = ref MemoryMarshal.AsRef<RawFile>(body);
            (raw.FirstBlock, raw.Fragment) = (start <= uint.MaxValue ? (uint)start : throw TooFar(start), fragment);
        }
    }

    private static TreeException TooFar(long start) =>
        new(TreeFailure.FileTooLarge, $"A file's blocks would start at {start}, where its inode cannot say so.");
}

/// <summary>A file of the previous generation.</summary>
internal readonly ref struct BaseFile
{
    private readonly ReadOnlySpan<byte> _sizes;

    public BaseFile(long start, long size, uint fragment, uint fragmentOffset, ReadOnlySpan<byte> sizes)
    {
        (Start, Size, Fragment, FragmentOffset) = (start, size, fragment, fragmentOffset);
        _sizes = sizes;
    }

    /// <summary>The start of its blocks.</summary>
    public long Start { get; }

    /// <summary>Its length in bytes.</summary>
    public long Size { get; }

    public uint Fragment { get; }

    public uint FragmentOffset { get; }

    public bool HasFragment => Fragment != SquashFsFormat.NoFragment;

    /// <summary>Number of blocks, not counting the fragment.</summary>
    public int BlockCount => _sizes.Length / sizeof(uint);

    /// <summary>The stored size of a block.</summary>
    public uint SizeOf(int block) => MemoryMarshal.Read<uint>(_sizes[(block * sizeof(uint))..]);

    /// <summary>Total stored size in bytes of the blocks before a given one.</summary>
    public long StoredBefore(int block)
    {
        var stored = 0L;
        for (var i = 0; i < block; i++)
        {
            stored += SizeOf(i) & ~SquashFsFormat.DataUncompressed;
        }

        return stored;
    }
}
