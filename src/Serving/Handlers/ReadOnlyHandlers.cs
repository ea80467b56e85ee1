using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>
/// The handlers for a read-only tree. These opcodes get ENOSYS, and the kernel handles them itself: ACCESS (checks modes), FLUSH and FSYNC
/// (succeed), LSEEK (a file is data up to its end), STATX (no birth time; GETATTR from then on), POLL and locks (local).
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

    /// <summary>Creates one worker's handlers.</summary>
    internal static IEnumerable<(Opcode Opcode, IRequestHandler Handler)> Create(ServedTree served, Connection connection, MessageSizes sizes) =>
    [
        .. Reading(served, connection, Wanted, sizes),
        .. Xattrs(served),
        .. Changing.Select(opcode => (opcode, (IRequestHandler)new FixedAnswer(Answer.Failure(Errno.EROFS)))),
    ];

    /// <summary>The handlers that are the same for read-only and writable trees.</summary>
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

    /// <summary>If the tree has no extended attributes, ENOSYS stops the kernel from asking: it does not cache negative answers.</summary>
    private static IEnumerable<(Opcode Opcode, IRequestHandler Handler)> Xattrs(ServedTree served) =>
        served.Tree.MayHaveXattrs
            ? [(Opcode.GetXattr, new GetXattrHandler(served)), (Opcode.ListXattr, new ListXattrHandler(served))]
            : [];
}

/// <summary>A handler that queries the tree and translates its failure into an errno.</summary>
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

/// <summary>IOCTL: the mount's root returns the address of its server; any other file is neither a terminal nor a disk.</summary>
/// <param name="address">The address; empty if there is none.</param>
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
