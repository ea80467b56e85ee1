using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>
/// Decides how much of a changed file's content stays in place. SquashFS lists a file's blocks without gaps: if all full blocks are unchanged, they
/// stay, and only the end is new. Otherwise the file is laid out again, and unchanged blocks are copied in stored form.
/// </summary>
internal sealed class CommitContentPlanner(ILayeredTree tree, BaseInodes inodes, int blockSize)
{
    private readonly List<BlockOrigin> _origins = [];

    /// <summary>Plans a file's content.</summary>
    /// <param name="file">The file, which receives the plan.</param>
    /// <param name="isSame">Whether the content is that of the same inode in the previous generation.</param>
    /// <returns>Whether any of it must be stored.</returns>
    public bool Plan(PlannedInode file, out bool isSame)
    {
        if (file.Size == 0)
        {
            file.Content = new StoredContent();
            isSame = inodes.TryFind(file.Number, out var empty) && inodes.KindAt(empty) == EntryKind.File && inodes.FileAt(empty).Size == 0;
            return false;
        }

        var pieces = tree.GetContent(file.Node);
        isSame = IsSame(file, pieces);
        FindOrigins(file.Size, pieces);
        var full = (int)(file.Size / blockSize);
        var hasTail = full < _origins.Count;
        if (!CanStay(full, out var start, out var end))
        {
            file.Stored = [
                .. _origins.Select(origin => origin.Kind == BlockOriginKind.Block ? new StoredLocation(origin.Position, origin.Size) : default)
            ];
            return true;
        }

        var tail = hasTail ? _origins[full] : default;
        var tailStays = hasTail && tail.Kind == BlockOriginKind.Block && (end == 0 || tail.Position == end);
        var kept = tailStays ? _origins.Count : full;
        if (kept > 0 || tail.Kind == BlockOriginKind.Fragment)
        {
            file.Content = new StoredContent
            {
                KeptStart = end == 0 && tailStays ? tail.Position : start,
                KeptSizes = [.. _origins.Take(kept).Select(origin => origin.Size)],
                Fragment = tail.Kind == BlockOriginKind.Fragment ? tail.Fragment : SquashFsFormat.NoFragment,
                FragmentOffset = tail.FragmentOffset,
            };
        }

        file.NewFrom = (long)full * blockSize;
        return hasTail && !tailStays && tail.Kind != BlockOriginKind.Fragment;
    }

    private bool IsSame(PlannedInode file, IReadOnlyList<ContentPiece> pieces) =>
        pieces is [{ Origin: ContentOrigin.Base, BaseOffset: 0 } piece] && piece.BaseInode == file.Number
        && inodes.TryFind(file.Number, out var offset) && inodes.FileAt(offset).Size == file.Size;

    /// <summary>Whether the full blocks are stored consecutively.</summary>
    private bool CanStay(int full, out long start, out long end)
    {
        (start, end) = (0, 0);
        for (var i = 0; i < full; i++)
        {
            var origin = _origins[i];
            if (origin.Kind == BlockOriginKind.Zeros)
            {
                continue;
            }

            if (origin.Kind != BlockOriginKind.Block || (end != 0 && origin.Position != end))
            {
                return false;
            }

            start = end == 0 ? origin.Position : start;
            end = origin.End;
        }

        return true;
    }

    private void FindOrigins(long size, IReadOnlyList<ContentPiece> pieces)
    {
        _origins.Clear();
        var at = 0;
        var walk = new BlockWalk(inodes, blockSize);
        for (var offset = 0L; offset < size; offset += blockSize)
        {
            var length = (int)Math.Min(blockSize, size - offset);
            while (pieces[at].Offset + pieces[at].Length <= offset)
            {
                at++;
            }

            var piece = pieces[at];
            var isWhole = offset + length <= piece.Offset + piece.Length;
            _origins.Add(piece.Origin switch
            {
                ContentOrigin.Base when isWhole => walk.Find(piece.BaseInode, piece.BaseOffset + offset - piece.Offset, length),
                ContentOrigin.Zeros when isWhole && length == blockSize => BlockOrigin.Zeros,
                _ => default,
            });
        }
    }
}

/// <summary>The existing location of a changed file's block, or of its end after the last full block.</summary>
internal readonly record struct BlockOrigin
{
    public BlockOriginKind Kind { get; private init; }

    /// <summary>For a stored block: its start.</summary>
    public long Position { get; private init; }

    /// <summary>For a stored block: its size.</summary>
    public uint Size { get; private init; }

    public uint Fragment { get; private init; }

    public uint FragmentOffset { get; private init; }

    /// <summary>The end of a stored block.</summary>
    public long End => Position + (Size & ~SquashFsFormat.DataUncompressed);

    public static BlockOrigin Zeros => new() { Kind = BlockOriginKind.Zeros };

    public static BlockOrigin Block(long position, uint size) =>
        size == 0 ? Zeros : new() { Kind = BlockOriginKind.Block, Position = position, Size = size };

    public static BlockOrigin InFragment(uint fragment, uint offset) =>
        new() { Kind = BlockOriginKind.Fragment, Fragment = fragment, FragmentOffset = offset };
}

/// <summary>The origin of a block of a changed file.</summary>
internal enum BlockOriginKind
{
    /// <summary>It must be read and stored.</summary>
    New,

    /// <summary>It is all zeros and not stored.</summary>
    Zeros,

    /// <summary>It is a stored block.</summary>
    Block,

    /// <summary>It is a part of a fragment.</summary>
    Fragment,
}
