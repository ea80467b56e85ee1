using CondaFuse.Fuse.Requests;
using CondaFuse.Platform;
using CondaFuse.Serving.Handlers;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>A handler that changes the tree.</summary>
internal abstract class ChangingHandler(ServedWritableTree served) : TreeHandler(served)
{
    protected new ServedWritableTree Served => served;

    protected new IWritableTree Tree => served.Tree;

    protected static Answer Malformed => Answer.Failure(Errno.EINVAL);

    /// <summary>Takes the name of an entry. The kernel hands on names of up to 4095 bytes.</summary>
    /// <returns>Whether it is a name; else why not.</returns>
    protected static bool TryReadName(ref BodyReader body, out ReadOnlySpan<byte> name, out Answer fault)
    {
        var valid = body.TryReadName(out name) && EntryName.IsValid(name);
        fault = valid ? default : Answer.Failure(name.Length > EntryName.MaxLength ? Errno.ENAMETOOLONG : Errno.EINVAL);
        return valid;
    }
}
