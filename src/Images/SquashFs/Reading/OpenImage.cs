using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>An open image with a valid superblock, and its cached blocks. If the file is overwritten meanwhile, the next read fails.</summary>
internal sealed class OpenImage : IDisposable
{
    private const int DataCacheBytes = 3 << 20;
    private const int MaxDataBlocks = 256;
    private const int MinDataBlocks = 4;
    private const int MetadataBlocks = 192;

    /// <summary>The tables of 40 000 files; of longer ones, only what is needed is read.</summary>
    private const long LongestReadAhead = 1 << 20;

    /// <summary>Length of most private tables, which lie before the inode table.</summary>
    private const long PrivateTables = 128 << 10;

    private readonly WorkbenchPool _benches;

    private OpenImage(ImageFile file, Generation generation, bool compare)
    {
        var superblock = generation.Superblock;
        (File, Superblock, Record) = (file, superblock, generation.Record);
        var tables = Math.Max(superblock.InodeTable.Start - PrivateTables, 0);
        if (superblock.BytesUsed - tables <= LongestReadAhead)
        {
            file.ReadAhead(tables, superblock.BytesUsed - tables);
        }

        _benches = new WorkbenchPool(superblock.RequireCodec(file.Path), Math.Max(superblock.BlockSize, SquashFsFormat.MetadataSize));
        Metadata = new MetadataStore(file, _benches, MetadataBlocks);
        var checksums = compare ? new BlockChecksums(file, Metadata, generation.Record) : null;
        Data = new DataStore(file, superblock, checksums, _benches, Math.Clamp(DataCacheBytes / superblock.BlockSize, MinDataBlocks, MaxDataBlocks));
        file.Guard(now => SameImage.Holds(now, generation));
    }

    public ImageFile File { get; }

    public Superblock Superblock { get; }

    /// <summary>The generation's private record; null for another tool's image.</summary>
    public PrivateRecord? Record { get; }

    public MetadataStore Metadata { get; }

    public DataStore Data { get; }

    public static OpenImage Open(string path) => Open(new ImageFile(path), Generation.Current);

    /// <summary>Opens one generation of an image. Disposing it closes the file, and so does a failure.</summary>
    /// <param name="file">The image.</param>
    /// <param name="find">Finds the generation.</param>
    /// <param name="compare">Whether to compare blocks with their checksums when they are read; false if the caller has compared them.</param>
    public static OpenImage Open(ImageFile file, Func<ImageFile, Generation> find, bool compare = true)
    {
        try
        {
            return new OpenImage(file, find(file), compare);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Data.Dispose();
        Metadata.Dispose();
        _benches.Dispose();
        File.Dispose();
    }
}
