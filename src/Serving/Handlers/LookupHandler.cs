using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>LOOKUP. For a name that does not exist, the reply lets the kernel cache that.</summary>
internal sealed class LookupHandler(ServedTree served) : TreeHandler(served), IRevocableHandler
{
    public void Revoke(ReadOnlySpan<byte> payload) => Served.Revoke(payload);

    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryReadName(out var name))
        {
            return Answer.Failure(Errno.EINVAL);
        }

        // The kernel itself refuses only names longer than 1024 bytes.
        if (name.Length > EntryName.MaxLength)
        {
            return Answer.Failure(Errno.ENAMETOOLONG);
        }

        var directory = NodeOf(in request);
        if (!EntryName.IsValid(name) || !Tree.TryLookup(directory, name, out var attributes))
        {
            return Answer.Value(payload, new EntryReply { EntryValidSeconds = Served.LifetimeSeconds });
        }

        if (attributes.Kind is not EntryKind.Directory)
        {
            Served.AttributePrefetch.LookedUp(directory.Value);
        }

        Served.FirstUse?.Named(directory, name, attributes.Node);
        return Answer.Value(payload, Served.Introduce(in attributes));
    }
}

/// <summary>GETATTR.</summary>
internal sealed class GetAttributesHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var attributes = Tree.GetAttributes(NodeOf(in request));
        return Answer.Value(payload, new AttributesReply
        {
            ValidSeconds = Served.LifetimeSeconds,
            Attributes = Served.Translate(in attributes),
        });
    }
}

/// <summary>STATFS: the size of the image, with no free space.</summary>
internal sealed class StatFsHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        const uint fragment = 4096;
        var totals = Tree.Totals;
        return Answer.Value(payload, new StatFsReply
        {
            Blocks = ((ulong)totals.StoredBytes + fragment - 1) / fragment,
            Files = (ulong)totals.Entries,
            BlockSize = (uint)totals.BlockSize,
            FragmentSize = fragment,
            NameLength = EntryName.MaxLength,
        });
    }
}
