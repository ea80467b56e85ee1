using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>What the generations before have stored: blocks by their checksums, short files by their lengths.</summary>
internal sealed class KnownContent(BaseImage image) : IKnownContent
{
    /// <summary>More of one length are not compared.</summary>
    private const int MostCandidates = 3;

    private readonly Lazy<Dictionary<int, List<uint>>> _byLength = new(() => ShortFiles(image));

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

        if (_byLength.Value.TryGetValue(content.Length, out var candidates))
        {
            foreach (var candidate in candidates)
            {
                if (candidate != file.Twin && IsContentOf(candidate, content, out fragment, out offset))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static Dictionary<int, List<uint>> ShortFiles(BaseImage image)
    {
        var files = new Dictionary<int, List<uint>>();
        for (var number = 1u; number <= image.Inodes.Highest; number++)
        {
            if (image.Inodes.TryFind(number, out var record) && image.Inodes.KindAt(record) == EntryKind.File)
            {
                var file = image.Inodes.FileAt(record);
                if (file is { HasFragment: true, BlockCount: 0 })
                {
                    ref var list = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(files, (int)file.Size, out _);
                    list ??= [];
                    if (list.Count < MostCandidates)
                    {
                        list.Add(number);
                    }
                }
            }
        }

        return files;
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
