using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>FALLOCATE.</summary>
internal sealed class AllocateHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out AllocateRequest wanted))
        {
            return Malformed;
        }

        if (wanted.Offset > long.MaxValue || wanted.Length > long.MaxValue - wanted.Offset)
        {
            return Answer.Failure(Errno.EFBIG);
        }

        if (ModeOf(wanted.Mode) is not { } mode)
        {
            return Answer.Failure(Errno.EOPNOTSUPP);
        }

        var file = NodeOf(in request);
        Tree.Allocate(file, (long)wanted.Offset, (long)wanted.Length, mode);
        Served.ClearSetId(in request, file);
        return Answer.Done;
    }

    private static AllocateMode? ModeOf(AllocateFlags flags) => flags switch
    {
        AllocateFlags.None => AllocateMode.Reserve,
        AllocateFlags.KeepSize => AllocateMode.ReserveKeepingSize,
        AllocateFlags.KeepSize | AllocateFlags.PunchHole => AllocateMode.PunchHole,
        AllocateFlags.ZeroRange => AllocateMode.Zero,
        AllocateFlags.ZeroRange | AllocateFlags.KeepSize => AllocateMode.ZeroKeepingSize,
        AllocateFlags.CollapseRange => AllocateMode.Collapse,
        AllocateFlags.InsertRange => AllocateMode.Insert,
        _ => null,
    };
}
