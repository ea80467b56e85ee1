using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Serving.Handlers;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>
/// The handlers for a writable tree. Besides the opcodes in <see cref="ReadOnlyHandlers"/>, CREATE gets ENOSYS, so that the kernel creates files
/// with MKNOD and opens them without asking. Nothing depends on RELEASE, which is sent only after TMPFILE.
/// </summary>
internal static class WritableHandlers
{
    /// <summary>
    /// Never AtomicTruncate: without OPEN requests, open(O_TRUNC) would truncate nothing. Never WritebackCache: only the kernel would have the
    /// written data, and would lose it with this process.
    /// </summary>
    internal const Capabilities Wanted = ReadOnlyHandlers.Wanted | Capabilities.BigWrites | Capabilities.HandleKillPrivV2;

    /// <summary>Creates one worker's handlers. If an opcode has two, the later one wins.</summary>
    internal static IEnumerable<(Opcode Opcode, IRequestHandler Handler)> Create(
        ServedWritableTree served, Connection connection, MessageSizes sizes) =>
    [
        .. ReadOnlyHandlers.Reading(served, connection, Wanted, sizes),
        (Opcode.Forget, new ForgetHandler(served)),
        (Opcode.BatchForget, new BatchForgetHandler(served)),
        (Opcode.SetAttributes, new SetAttributesHandler(served)),
        (Opcode.Symlink, new SymlinkHandler(served)),
        (Opcode.MakeNode, new MakeNodeHandler(served)),
        (Opcode.MakeDirectory, new MakeDirectoryHandler(served)),
        (Opcode.Unlink, new RemoveHandler(served, directories: false)),
        (Opcode.RemoveDirectory, new RemoveHandler(served, directories: true)),
        (Opcode.Rename, new RenameHandler(served, withFlags: false)),
        (Opcode.Rename2, new RenameHandler(served, withFlags: true)),
        (Opcode.Link, new LinkHandler(served)),
        (Opcode.TemporaryFile, new TemporaryFileHandler(served)),
        (Opcode.Write, new WriteHandler(served)),
        (Opcode.Allocate, new AllocateHandler(served)),
        (Opcode.Seek, new SeekHandler(served)),
        (Opcode.CopyRange, new CopyRangeHandler(served)),
        (Opcode.Fsync, new SyncHandler(served)),
        (Opcode.FsyncDirectory, new SyncHandler(served)),
        (Opcode.SyncFs, new SyncHandler(served)),
        (Opcode.GetXattr, new GetKeptXattrHandler(served)),
        (Opcode.ListXattr, new ListXattrHandler(served)),
        (Opcode.SetXattr, new SetXattrHandler(served)),
        (Opcode.RemoveXattr, new RemoveXattrHandler(served)),
        (Opcode.StatFs, new FreeSpaceHandler(served)),
        (Opcode.Release, new FixedAnswer(Answer.Done)),
    ];
}

/// <summary>A handler that changes the tree.</summary>
internal abstract class ChangingHandler(ServedWritableTree served) : TreeHandler(served)
{
    protected ServedWritableTree Writable => served;

    protected IWritableTree WritableTree => served.WritableTree;

    protected static Answer Malformed => Answer.Failure(Errno.EINVAL);

    /// <summary>Reads the name of an entry. The kernel passes on names of up to 4095 bytes.</summary>
    /// <returns>Whether it is a valid name; otherwise <paramref name="fault"/> says why not.</returns>
    protected static bool TryReadName(ref BodyReader body, out ReadOnlySpan<byte> name, out Answer fault)
    {
        var valid = body.TryReadName(out name) && EntryName.IsValid(name);
        fault = valid ? default : Answer.Failure(name.Length > EntryName.MaxLength ? Errno.ENAMETOOLONG : Errno.EINVAL);
        return valid;
    }
}

/// <summary>A handler that gives an entry a name, and whose reply introduces the entry.</summary>
internal abstract class MakingHandler(ServedWritableTree served) : ChangingHandler(served), IRevocableHandler
{
    public void Revoke(ReadOnlySpan<byte> payload) => Writable.Revoke(payload);

    protected Answer Introduce(in Attributes attributes, Span<byte> payload) => Answer.Value(payload, Writable.Introduce(in attributes));
}
