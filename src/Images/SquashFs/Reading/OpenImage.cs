using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>An open image with a sound superblock, and the blocks that are kept of it.</summary>
internal sealed class OpenImage : IDisposable
{
    private const int DataCacheBytes = 3 << 20;
    private const int MaxDataBlocks = 256;
    private const int MinDataBlocks = 4;
    private const int MetadataBlocks = 192;

    private readonly WorkbenchPool _benches;

    private OpenImage(ImageFile file, Superblock superblock)
    {
        (File, Superblock) = (file, superblock);
        _benches = new WorkbenchPool(superblock.RequireCodec(file.Path), Math.Max(superblock.BlockSize, SquashFsFormat.MetadataSize));
        Metadata = new MetadataStore(file, _benches, MetadataBlocks);
        Data = new DataStore(file, superblock, _benches, Math.Clamp(DataCacheBytes / superblock.BlockSize, MinDataBlocks, MaxDataBlocks));
    }

    public ImageFile File { get; }

    public Superblock Superblock { get; }

    public MetadataStore Metadata { get; }

    public DataStore Data { get; }

    public static OpenImage Open(string path) => Open(new ImageFile(path), Superblock.Read);

    /// <summary>Opens an image as one of its superblocks shows it. The file is disposed of with it, or if this fails.</summary>
    public static OpenImage Open(ImageFile file, Func<ImageFile, Superblock> superblock)
    {
        try
        {
            return new OpenImage(file, superblock(file));
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
