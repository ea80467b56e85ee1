using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Content stored by previous generations: blocks and pieces of fragments, by length and checksum.</summary>
internal sealed class KnownContent(BaseImage image) : IKnownContent
{
    private readonly KnownPieces _pieces = new(image);

    /// <summary>The fragments that the next generation can refer to before it adds any.</summary>
    public RawFragment[] Fragments => _pieces.Fragments;

    public uint FirstFragment => (uint)Fragments.Length;

    public KnownBlocks Blocks { get; } = new(new ChecksumHistory(image.Image, image.Record));

    public bool TryFind(PlannedInode file, ReadOnlySpan<byte> content, uint checksum, out uint fragment, out uint offset)
    {
        foreach (var place in _pieces.Find(content.Length, checksum))
        {
            if (IsContentAt(place, content))
            {
                (fragment, offset) = place;
                return true;
            }
        }

        (fragment, offset) = (0, 0);
        return file.NewFrom == 0 && file.Twin != 0 && IsContentOf(file.Twin, content, out fragment, out offset);
    }

    /// <summary>
    /// Whether a file of the previous generation has this content in a fragment without a list of pieces, which another tool wrote.
    /// </summary>
    private bool IsContentOf(uint number, ReadOnlySpan<byte> content, out uint fragment, out uint offset)
    {
        (fragment, offset) = (0, 0);
        if (!image.Inodes.TryFind(number, out var record) || image.Inodes.KindAt(record) != EntryKind.File)
        {
            return false;
        }

        var file = image.Inodes.FileAt(record);
        if (!file.HasFragment
            || file.BlockCount > 0
            || file.Size != content.Length
            || file.Fragment >= image.Fragments.Length
            || _pieces.Knows(file.Fragment))
        {
            return false;
        }

        (fragment, offset) = (file.Fragment, file.FragmentOffset);
        return IsContentAt((fragment, offset), content);
    }

    private bool IsContentAt((uint Fragment, uint Offset) place, ReadOnlySpan<byte> content)
    {
        var stored = Fragments[place.Fragment];
        using var lease = image.Image.Data.Get((long)Math.Min(stored.Start, long.MaxValue), new BlockSize(stored.Size));
        return place.Offset <= lease.Content.Length - content.Length && lease.Content.Slice((int)place.Offset, content.Length).SequenceEqual(content);
    }
}
