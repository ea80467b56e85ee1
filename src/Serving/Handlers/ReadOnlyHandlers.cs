using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>
/// Who answers what, for a tree that does not change. Left to ENOSYS, with what the kernel then does by itself: ACCESS (checks modes), FLUSH and
/// FSYNC (success), LSEEK (a file is data up to its end), STATX (no time of birth, GETATTR from then on), POLL and locks (its own).
/// </summary>
internal static class ReadOnlyHandlers
{
    internal const Capabilities Wanted =
        Capabilities.AsyncRead
        | Capabilities.ReadDirectoryPlus
        | Capabilities.AsyncDirectIo
        | Capabilities.NoOpen
        | Capabilities.ParallelDirectoryOperations
        | Capabilities.MaxPages
        | Capabilities.CacheSymlinks
        | Capabilities.NoOpenDirectory
        | Capabilities.Extended;

    private static readonly Opcode[] Changing =
    [
        Opcode.SetAttributes, Opcode.Symlink, Opcode.MakeNode, Opcode.MakeDirectory, Opcode.Unlink, Opcode.RemoveDirectory,
        Opcode.Rename, Opcode.Rename2, Opcode.Link, Opcode.Write, Opcode.SetXattr, Opcode.RemoveXattr, Opcode.Create,
        Opcode.Allocate, Opcode.CopyRange, Opcode.TemporaryFile,
    ];

    /// <summary>Makes one worker's handlers.</summary>
    internal static IEnumerable<(Opcode Opcode, IRequestHandler Handler)> Create(ServedTree served, Connection connection) =>
    [
        .. Reading(served, connection, Wanted, MessageSizes.Reading),
        .. Xattrs(served),
        .. Changing.Select(opcode => (opcode, (IRequestHandler)new FixedAnswer(Answer.Failure(Errno.EROFS)))),
    ];

    /// <summary>Those that do not depend on whether the tree may be changed.</summary>
    internal static IEnumerable<(Opcode Opcode, IRequestHandler Handler)> Reading(
        ServedTree served, Connection connection, Capabilities wanted, MessageSizes sizes) =>
    [
        .. ProtocolAnswers.All,
        (Opcode.Init, new InitHandler(wanted, sizes, connection)),
        (Opcode.Lookup, new LookupHandler(served)),
        (Opcode.GetAttributes, new GetAttributesHandler(served)),
        (Opcode.ReadLink, new ReadLinkHandler(served)),
        (Opcode.Open, new OpenHandler(connection, Capabilities.NoOpen, OpenFlags.KeepCache)),
        (Opcode.Read, new ReadHandler(served)),
        (Opcode.OpenDirectory, new OpenHandler(connection, Capabilities.NoOpenDirectory, OpenFlags.KeepCache | OpenFlags.CacheDirectory)),
        (Opcode.ReadDirectory, new ReadDirectoryHandler(served, withAttributes: false)),
        (Opcode.ReadDirectoryPlus, new ReadDirectoryHandler(served, withAttributes: true)),
        (Opcode.StatFs, new StatFsHandler(served)),
        (Opcode.Ioctl, new AddressHandler(served.Address)),
    ];

    /// <summary>Of a tree without any, the kernel is told by ENOSYS not to ask: it keeps no negative answers.</summary>
    private static IEnumerable<(Opcode Opcode, IRequestHandler Handler)> Xattrs(ServedTree served) =>
        served.Tree.MayHaveXattrs
            ? [(Opcode.GetXattr, new GetXattrHandler(served)), (Opcode.ListXattr, new ListXattrHandler(served))]
            : [];
}

/// <summary>A handler that asks the tree, and turns its failure into an errno.</summary>
internal abstract class TreeHandler(ServedTree served) : IRequestHandler
{
    protected ServedTree Served => served;

    protected IReadableTree Tree => served.Tree;

    public Answer Handle(in Request request, Span<byte> payload)
    {
        try
        {
            return Serve(in request, payload);
        }
        catch (TreeException exception)
        {
            if (FailureErrno.IsFault(exception.Failure))
            {
                served.Report(request.Header.Opcode.ToString(), request.Header.NodeId, exception);
            }

            return Answer.Failure(FailureErrno.Of(exception.Failure));
        }
    }

    protected static NodeId NodeOf(in Request request) => new(request.Header.NodeId);

    protected abstract Answer Serve(in Request request, Span<byte> payload);
}

/// <summary>IOCTL: the mount's root tells who serves it; anything else is no terminal and no disk.</summary>
/// <param name="address">What is told; empty if nothing.</param>
internal sealed class AddressHandler(ReadOnlyMemory<byte> address) : IRequestHandler
{
    public Answer Handle(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out IoctlRequest asked)
            || asked.Command != MountQuery.Number
            || request.Header.NodeId != NodeId.Root.Value
            || address.IsEmpty
            || address.Length > asked.OutputSize)
        {
            return Answer.Failure(Errno.ENOTTY);
        }

        var reply = new IoctlReply(0, 0, 0, 0);
        MemoryMarshal.Write(payload, in reply);
        address.Span.CopyTo(payload[Unsafe.SizeOf<IoctlReply>()..]);
        return Answer.Payload(Unsafe.SizeOf<IoctlReply>() + address.Length);
    }
}
