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
        if (!body.TryRead(out SetXattrRequest wanted)
            || !body.TryReadName(out var name)
            || body.Rest.Length != wanted.Size
            || ModeOf(wanted.Flags) is not { } mode)
        {
            return Malformed;
        }

        if (!XattrNamespace.IsKept(name))
        {
            return Answer.Failure(Errno.EOPNOTSUPP);
        }

        WritableTree.SetXattr(NodeOf(in request), name, body.Rest, mode);
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

/// <summary>REMOVEXATTR.</summary>
internal sealed class RemoveXattrHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryReadName(out var name))
        {
            return Malformed;
        }

        if (!XattrNamespace.IsKept(name))
        {
            return Answer.Failure(Errno.EOPNOTSUPP);
        }

        WritableTree.RemoveXattr(NodeOf(in request), name);
        return Answer.Done;
    }
}

/// <summary>
/// GETXATTR of a writable tree. Attributes that cannot be set are reported as unsupported, so that <c>ls</c> and <c>cp</c> stop asking.
/// </summary>
internal sealed class GetKeptXattrHandler(ServedWritableTree served) : IRequestHandler
{
    private readonly Handlers.GetXattrHandler _kept = new(served);

    public Answer Handle(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        return body.TryRead(out XattrRequest _) && body.TryReadName(out var name) && !XattrNamespace.IsKept(name)
            ? Answer.Failure(Errno.EOPNOTSUPP)
            : _kept.Handle(in request, payload);
    }
}

/// <summary>
/// Which extended attributes are stored. Not those of <c>system.</c>: an access control list that is stored but not enforced would be worse than
/// none.
/// </summary>
internal static class XattrNamespace
{
    internal static bool IsKept(ReadOnlySpan<byte> name) =>
        name.StartsWith("user."u8) || name.StartsWith("trusted."u8) || name.StartsWith("security."u8);
}
