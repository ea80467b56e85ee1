using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>Rewrites inodes of files whose blocks were moved: only the positions of blocks and the fragment indices change.</summary>
internal sealed class MovedFiles
{
    private readonly BaseImage _image;
    private readonly MovedBlocks _blocks;
    private readonly uint[] _indices;
    private byte[] _room = new byte[SquashFsFormat.MetadataSize];

    public MovedFiles(BaseImage image, MovedBlocks blocks)
    {
        (_image, _blocks) = (image, blocks);
        _indices = new uint[image.Fragments.Length];
        foreach (var index in UsedFragments(image))
        {
            var old = image.Fragments[index];
            _indices[index] = (uint)Fragments.Count;
            Fragments.Add(old with { Start = (ulong)blocks.PlaceOf((long)old.Start) });
        }
    }

    /// <summary>The fragments that the generation needs, in their former order.</summary>
    public List<RawFragment> Fragments { get; } = [];

    /// <summary>A file's new inode; valid until the next call.</summary>
    /// <param name="offset">The position of the old one.</param>
    public ReadOnlySpan<byte> RecordAt(int offset)
    {
        var old = _image.Inodes.RecordAt(offset);
        var file = _image.Inodes.FileAt(offset);
        if (old.Length > _room.Length)
        {
            _room = new byte[old.Length * 2];
        }

        var record = _room.AsSpan(0, old.Length);
        old.CopyTo(record);
        var start = file.StoredBefore(file.BlockCount) > 0 ? _blocks.PlaceOf(file.Start) : 0;
        var fragment = file.HasFragment ? _indices[file.Fragment] : SquashFsFormat.NoFragment;
        FileLocation.Set(record, start, fragment);
        return record;
    }

    private static SortedSet<uint> UsedFragments(BaseImage image)
    {
        var used = new SortedSet<uint>();
        for (var number = 1u; number <= image.Inodes.Highest; number++)
        {
            if (image.Inodes.TryFind(number, out var record)
                && image.Inodes.KindAt(record) == Tree.EntryKind.File
                && image.Inodes.FileAt(record) is { HasFragment: true } file)
            {
                used.Add(file.Fragment);
            }
        }

        return used;
    }
}
