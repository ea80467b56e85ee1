using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>LOOKUP. That a name does not exist is told in a way that the kernel remembers.</summary>
internal sealed class LookupHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryReadName(out var name))
        {
            return Answer.Failure(Errno.EINVAL);
        }

        // The kernel itself refuses only names above 1024 bytes.
        if (name.Length > EntryName.MaxLength)
        {
            return Answer.Failure(Errno.ENAMETOOLONG);
        }

        var entry = EntryName.IsValid(name) && Tree.TryLookup(NodeOf(in request), name, out var attributes)
            ? Served.Describe(in attributes)
            : new EntryReply { EntryValidSeconds = Served.LifetimeSeconds };
        return Answer.Value(payload, in entry);
    }
}
