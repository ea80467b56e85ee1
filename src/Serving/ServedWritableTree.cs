using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>A tree that changes, with the way in which it is shown and in which the kernel's terms become its own.</summary>
internal sealed class ServedWritableTree(IWritableTree tree, ServingOptions options, FaultLog log) : ServedTree(tree, options, log)
{
    private const uint PermissionBits = 0xFFF;
    private readonly LookupCounts _introductions = new();
    private readonly Owner? _owner = options.OwnerOverride;
    private readonly TimeProvider _clock = options.Clock;

    internal IWritableTree WritableTree { get; } = tree;

    /// <summary>What the clock says, as <c>utimes</c> wants it for "now".</summary>
    internal Timestamp Now => Timestamp.Now(_clock);

    internal override EntryReply Introduce(in Attributes attributes)
    {
        _introductions.Add(attributes.Node);
        return base.Introduce(in attributes);
    }

    internal override void Forget(NodeId node, ulong introductions)
    {
        try
        {
            if (_introductions.Remove(node, introductions))
            {
                WritableTree.Forget(node);
            }
        }
        catch (TreeException exception)
        {
            Report("Forget", node.Value, exception);
        }
    }

    /// <summary>
    /// What somebody makes. It is theirs; but on a user's mount, where nobody else counts, it is that user's whoever makes it, with one of the
    /// user's own groups.
    /// </summary>
    internal NewEntry NewEntry(in Request request, EntryKind kind, uint mode)
    {
        var (user, group) = (request.Header.UserId, request.Header.GroupId);
        return _owner is { } own && own.UserId != user
            ? new(kind, (ushort)(mode & PermissionBits), own.UserId, own.GroupId)
            : new(kind, (ushort)(mode & PermissionBits), user, group);
    }

    /// <summary>
    /// Clears set-id bits after a change of content for which the kernel leaves that to us without saying for whom. Whoever is not root may not
    /// keep them.
    /// </summary>
    internal void ClearSetId(in Request request, NodeId file)
    {
        const ushort setIdBits = 0xC00;
        if (request.Header.UserId != 0 && (WritableTree.GetAttributes(file).Permissions & setIdBits) != 0)
        {
            WritableTree.SetAttributes(file, new AttributeChanges { ClearSetId = true });
        }
    }
}

/// <summary>A user and a group.</summary>
/// <param name="UserId">User.</param>
/// <param name="GroupId">Group.</param>
public readonly record struct Owner(uint UserId, uint GroupId);
