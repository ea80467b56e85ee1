using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>SETXATTR.</summary>
internal sealed class SetXattrHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out SetXattrRequest wanted) || !body.TryReadName(out var name) || body.Rest.Length != wanted.Size || ModeOf(wanted.Flags) is not { } mode)
        {
            return Malformed;
        }

        if (!XattrNamespace.IsKept(name))
        {
            return Answer.Failure(Errno.EOPNOTSUPP);
        }

        Tree.SetXattr(NodeOf(in request), name, body.Rest, mode);
        return Answer.Done;
    }

    private static XattrMode? ModeOf(XattrFlags flags) => flags switch
    {
        XattrFlags.None => XattrMode.Any,
        XattrFlags.Create => XattrMode.Create,
        XattrFlags.Replace => XattrMode.Replace,
        _ => null,
    };
}
