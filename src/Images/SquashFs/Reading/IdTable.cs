namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Owners and groups, read when the image is opened: at most 65535.</summary>
internal sealed class IdTable
{
    private readonly uint[] _ids;

    public IdTable(ImageFile file, Superblock superblock, MetadataStore metadata)
    {
        var table = new LookupTable<uint>(
            file, metadata, "id", (long)superblock.Raw.IdTable, superblock.BytesUsed, superblock.Raw.IdCount);
        _ids = new uint[superblock.Raw.IdCount];
        for (var i = 0; i < _ids.Length; i++)
        {
            _ids[i] = table[i];
        }
    }

    /// <summary>The id at an index.</summary>
    public uint this[int index] => index < _ids.Length
        ? _ids[index]
        : throw new ImageException(ImageFault.InodeOwner, $"An inode's owner has the index {index}; there are {_ids.Length} owners.");
}
