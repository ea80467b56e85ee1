using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>WRITE.</summary>
internal sealed class WriteHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out WriteRequest wanted) || wanted.Size != body.Rest.Length)
        {
            return Malformed;
        }

        if (wanted.Offset > (ulong)(long.MaxValue - wanted.Size))
        {
            return Answer.Failure(Errno.EFBIG);
        }

        WritableTree.Write(NodeOf(in request), (long)wanted.Offset, body.Rest, wanted.WriteFlags.HasFlag(WriteFlags.ClearSetId));
        return Answer.Value(payload, new WriteReply(wanted.Size, 0));
    }
}

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
        WritableTree.Allocate(file, (long)wanted.Offset, (long)wanted.Length, mode);
        Writable.ClearSetId(in request, file);
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

/// <summary>COPY_FILE_RANGE. The reply's length has 32 bits: longer ranges are copied in part, and the caller continues.</summary>
internal sealed class CopyRangeHandler(ServedWritableTree served) : ChangingHandler(served)
{
    private const ulong Max = 0x4000_0000;

    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out CopyRangeRequest wanted) || wanted.Flags != 0 || wanted.SourceOffset > long.MaxValue)
        {
            return Malformed;
        }

        var length = Math.Min(wanted.Length, Max);
        if (wanted.TargetOffset > long.MaxValue - length)
        {
            return Answer.Failure(Errno.EFBIG);
        }

        var target = new NodeId(wanted.TargetNode);
        var copied = WritableTree.CopyRange(NodeOf(in request), (long)wanted.SourceOffset, target, (long)wanted.TargetOffset, (long)length);
        Writable.ClearSetId(in request, target);
        return Answer.Value(payload, new WriteReply((uint)copied, 0));
    }
}

/// <summary>LSEEK for data and holes; the kernel handles the rest itself.</summary>
internal sealed class SeekHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out SeekRequest wanted) || wanted.Whence is not (SeekWhence.Data or SeekWhence.Hole))
        {
            return Malformed;
        }

        if (wanted.Offset > long.MaxValue)
        {
            return Answer.Failure(Errno.ENXIO);
        }

        var target = wanted.Whence is SeekWhence.Data ? SeekTarget.Data : SeekTarget.Hole;
        return Answer.Value(payload, new SeekReply((ulong)WritableTree.Seek(NodeOf(in request), (long)wanted.Offset, target)));
    }
}

/// <summary>FSYNC, FSYNCDIR and SYNCFS. All changes are in one journal, so each of them syncs everything.</summary>
internal sealed class SyncHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        WritableTree.Sync();
        return Answer.Done;
    }
}
