using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>A writable tree with the settings for serving it, and conversion from the kernel's structures.</summary>
internal sealed class ServedWritableTree(IWritableTree tree, ServingOptions options, FaultLog log) : ServedTree(tree, options, log)
{
    private const uint PermissionBits = 0xFFF;
    private readonly LookupCounts _introductions = new();
    private readonly Owner? _owner = options.OwnerOverride;
    private readonly TimeProvider _clock = options.Clock;

    internal IWritableTree WritableTree { get; } = tree;

    /// <summary>The current time, for <c>utimes</c> with "now".</summary>
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

    /// <summary>Whether the kernel has a reference to a node.</summary>
    internal bool IsIntroduced(NodeId node) => _introductions.Of(node) > 0;

    /// <summary>
    /// The attributes of a new entry. It belongs to the calling user; but on a user's private mount it always belongs to that user and one of the
    /// user's groups.
    /// </summary>
    internal NewEntry NewEntry(in Request request, EntryKind kind, uint mode)
    {
        var (user, group) = (request.Header.UserId, request.Header.GroupId);
        return _owner is { } own && own.UserId != user
            ? new(kind, (ushort)(mode & PermissionBits), own.UserId, own.GroupId)
            : new(kind, (ushort)(mode & PermissionBits), user, group);
    }

    /// <summary>
    /// Clears set-id bits after a content change, because the kernel leaves this to the server without naming the user. Only root keeps them.
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
