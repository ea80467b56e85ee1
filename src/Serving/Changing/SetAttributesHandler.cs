using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>SETATTR. The kernel has checked the caller's permission.</summary>
internal sealed class SetAttributesHandler(ServedWritableTree served) : ChangingHandler(served)
{
    private const uint NanosecondsPerSecond = 1_000_000_000;
    private const uint PermissionBits = 0xFFF;

    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out SetAttributesRequest wanted) || !HasSoundTimes(in wanted))
        {
            return Malformed;
        }

        if (wanted.Size > long.MaxValue && wanted.Fields.HasFlag(AttributeFields.Size))
        {
            return Answer.Failure(Errno.EFBIG);
        }

        var attributes = WritableTree.SetAttributes(NodeOf(in request), Changes(in wanted));
        return Answer.Value(payload, new AttributesReply
        {
            ValidSeconds = Writable.LifetimeSeconds,
            Attributes = Writable.Translate(in attributes),
        });
    }

    private static bool HasSoundTimes(in SetAttributesRequest wanted) =>
        wanted is { AccessNanoseconds: < NanosecondsPerSecond, ModificationNanoseconds: < NanosecondsPerSecond };

    private static T? If<T>(AttributeFields fields, AttributeFields field, T value)
        where T : struct =>
        fields.HasFlag(field) ? value : null;

    private AttributeChanges Changes(in SetAttributesRequest wanted)
    {
        var fields = wanted.Fields;
        return new AttributeChanges
        {
            Permissions = If(fields, AttributeFields.Mode, (ushort)(wanted.Mode & PermissionBits)),
            UserId = If(fields, AttributeFields.UserId, wanted.UserId),
            GroupId = If(fields, AttributeFields.GroupId, wanted.GroupId),
            Size = If(fields, AttributeFields.Size, (long)wanted.Size),
            Accessed = fields.HasFlag(AttributeFields.AccessedNow)
                ? Writable.Now
                : If(fields, AttributeFields.Accessed, new Timestamp(wanted.AccessSeconds, wanted.AccessNanoseconds)),
            Modified = fields.HasFlag(AttributeFields.ModifiedNow)
                ? Writable.Now
                : If(fields, AttributeFields.Modified, new Timestamp(wanted.ModificationSeconds, wanted.ModificationNanoseconds)),
            ClearSetId = fields.HasFlag(AttributeFields.ClearSetId),
        };
    }
}
