using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>What the generations before have stored: blocks by their checksums, short files by their lengths and names.</summary>
internal sealed class KnownContent(BaseImage image) : IKnownContent
{
    private readonly Lazy<ShortFiles> _short = new(() => new ShortFiles(image));

    public uint FirstFragment => (uint)image.Fragments.Length;

    public KnownBlocks Blocks { get; } = new(new ChecksumHistory(image.Image, image.Record));

    public bool TryFind(PlannedInode file, ReadOnlySpan<byte> content, out uint fragment, out uint offset)
    {
        (fragment, offset) = (0, 0);
        if (file.NewFrom > 0)
        {
            return false; // the end of a longer file
        }

        if (file.Twin != 0 && IsContentOf(file.Twin, content, out fragment, out offset))
        {
            return true;
        }

        foreach (var candidate in _short.Value.Like(content.Length, file.Name))
        {
            if (candidate != file.Twin && IsContentOf(candidate, content, out fragment, out offset))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsContentOf(uint number, ReadOnlySpan<byte> content, out uint fragment, out uint offset)
    {
        (fragment, offset) = (0, 0);
        if (!image.Inodes.TryFind(number, out var record) || image.Inodes.KindAt(record) != EntryKind.File)
        {
            return false;
        }

        var file = image.Inodes.FileAt(record);
        if (!file.HasFragment || file.BlockCount > 0 || file.Size != content.Length || file.Fragment >= image.Fragments.Length)
        {
            return false;
        }

        (fragment, offset) = (file.Fragment, file.FragmentOffset);
        var stored = image.Fragments[fragment];
        using var lease = image.Image.Data.Get((long)Math.Min(stored.Start, long.MaxValue), new BlockSize(stored.Size));
        return offset <= lease.Content.Length - content.Length && lease.Content.Slice((int)offset, content.Length).SequenceEqual(content);
    }
}
