using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// Records a view's differences as changes of the tree below. With these changes, the tree below shows what the view showed. Later changes can then
/// be kept beside the tree below, and committed into it.
/// </summary>
internal sealed class ViewAdoption
{
    private const int PieceBytes = 1 << 20;
    private const int PageBytes = 4096;

    private readonly IViewTree _view;
    private readonly ChangeEmitter _out;
    private readonly byte[] _shown = new byte[PieceBytes];
    private readonly byte[] _below = new byte[PieceBytes];
    private ulong _fresh;

    private ViewAdoption(IViewTree view, ChangeEmitter to, ulong fresh) => (_view, _out, _fresh) = (view, to, fresh);

    /// <summary>Writes the differences.</summary>
    /// <param name="view">The view.</param>
    /// <param name="to">The destination; its state is that of the tree below.</param>
    /// <param name="fresh">The first number for the view's new entries; enough consecutive numbers are free.</param>
    /// <exception cref="TreeException">The tree cannot be read, or the log cannot be written.</exception>
    public static void Write(IViewTree view, ChangeEmitter to, ulong fresh)
    {
        var adoption = new ViewAdoption(view, to, fresh);
        foreach (var difference in view.Differences)
        {
            if (difference.Inode == 0)
            {
                adoption.MakeFile(difference);
            }
            else if (difference.Kind == EntryKind.Symlink)
            {
                adoption.ReplaceSymlink(difference);
            }
            else
            {
                adoption.WriteContent(difference.Inode);
            }
        }
    }

    /// <summary>How many new entries are needed.</summary>
    public static ulong NewEntries(IViewTree view) => (ulong)view.Differences.Count(difference => difference.IsNewEntry);

    private Attributes Describe(ulong inode) =>
        _view.TryFindInode(inode, out var node)
            ? _view.GetAttributes(node)
            : throw new TreeException(TreeFailure.Corrupt, $"A view differs at inode {inode}, which is not there.");

    private void MakeFile(in ViewedDifference difference)
    {
        var directory = Describe(difference.Directory);
        const ushort readable = 0x1A4; // 0o644
        var number = _fresh++;
        _out.Emit(new Change
        {
            Kind = ChangeKind.Create, Time = directory.Modified, Node = number, Directory = directory.Inode, Name = difference.Name.Span,
            EntryKind = EntryKind.File, Permissions = readable, UserId = directory.UserId, GroupId = directory.GroupId,
        });
        _out.EmitWrite(number, 0, difference.Content.Span);
        SetModified(number, directory.Modified, directory.Modified);
    }

    private void ReplaceSymlink(in ViewedDifference difference)
    {
        var (symlink, directory) = (Describe(difference.Inode), Describe(difference.Directory));
        var target = _shown.AsSpan(0, _view.ReadLink(symlink.Node, _shown)).ToArray();
        var number = _fresh++;
        _out.Emit(new Change { Kind = ChangeKind.Remove, Time = directory.Modified, Directory = directory.Inode, Name = difference.Name.Span });
        _out.Emit(new Change
        {
            Kind = ChangeKind.Create, Time = directory.Modified, Node = number, Directory = directory.Inode, Name = difference.Name.Span,
            EntryKind = EntryKind.Symlink, Permissions = symlink.Permissions, UserId = symlink.UserId, GroupId = symlink.GroupId, Value = target,
        });
        SetModified(number, symlink.Modified, symlink.Changed);

        // A process that has the symlink open continues to see the view's target.
        if (_out.State.Find(symlink.Inode) is { } former)
        {
            former.Target = target;
        }
    }

    /// <summary>
    /// If the lengths are equal, writes only what differs; otherwise writes all content, so that nothing refers to positions in the view.
    /// </summary>
    private void WriteContent(ulong inode)
    {
        var shown = Describe(inode);
        var below = _view.Below.GetAttributes(shown.Node);
        if (shown.Size != below.Size)
        {
            _out.Emit(new Change { Kind = ChangeKind.SetAttributes, Time = shown.Changed, Node = inode, Fields = ChangedFields.Size });
        }

        for (var offset = 0L; offset < shown.Size; offset += PieceBytes)
        {
            var piece = _shown.AsSpan(0, (int)Math.Min(PieceBytes, shown.Size - offset));
            ReadWhole(_view, shown.Node, offset, piece);
            if (shown.Size != below.Size)
            {
                _out.EmitWrite(inode, offset, piece);
                continue;
            }

            var before = _below.AsSpan(0, piece.Length);
            ReadWhole(_view.Below, shown.Node, offset, before);
            WriteDifferences(inode, offset, piece, before);
        }

        SetModified(inode, shown.Modified, shown.Changed);
    }

    private void WriteDifferences(ulong inode, long offset, ReadOnlySpan<byte> piece, ReadOnlySpan<byte> before)
    {
        for (var at = 0; at < piece.Length; at += PageBytes)
        {
            var length = Math.Min(PageBytes, piece.Length - at);
            if (!piece.Slice(at, length).SequenceEqual(before.Slice(at, length)))
            {
                _out.EmitWrite(inode, offset + at, piece.Slice(at, length));
            }
        }
    }

    private static void ReadWhole(IReadableTree tree, NodeId file, long offset, Span<byte> destination)
    {
        if (tree.Read(file, offset, destination) != destination.Length)
        {
            throw new TreeException(TreeFailure.Corrupt, "A file is shorter than its length.");
        }
    }

    private void SetModified(ulong inode, Timestamp modified, Timestamp changed) => _out.Emit(
        new Change { Kind = ChangeKind.SetAttributes, Time = changed, Node = inode, Fields = ChangedFields.Modified, Modified = modified });
}
