using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>READDIR and READDIRPLUS. There are no directory handles: the cookie alone says where to continue.</summary>
internal sealed class ReadDirectoryHandler(ServedTree served, bool withAttributes) : TreeHandler(served), IRevocableHandler
{
    private const ulong Beginning = 0;
    private const ulong AfterDot = 1;
    private const ulong AfterDotDot = 2;
    private readonly DirectoryPacker _packer = new(served, withAttributes);

    public void Revoke(ReadOnlySpan<byte> payload) => _packer.Revoke(payload);

    protected override unsafe Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out ReadRequest wanted))
        {
            return Answer.Failure(Errno.EINVAL);
        }

        fixed (byte* start = payload)
        {
            var ofAll = withAttributes && Served.AttributePrefetch.WantedFor(request.Header.NodeId);
            _packer.Begin(start, (int)Math.Min(wanted.Size, (uint)payload.Length), NodeOf(in request), ofAll);
            try
            {
                Pack(NodeOf(in request), wanted.Offset);
            }
            catch (TreeException) when (_packer.Length > 0)
            {
                // Return the names before the damage; the next request starts at the damage and fails.
            }

            return Answer.Payload(_packer.Length);
        }
    }

    private void Pack(NodeId directory, ulong after)
    {
        if (after == Beginning && !_packer.TryAddDots("."u8, Tree.GetAttributes(directory).Inode, AfterDot))
        {
            return;
        }

        if (after < AfterDotDot && !_packer.TryAddDots(".."u8, Tree.GetParentInode(directory), AfterDotDot))
        {
            return;
        }

        Tree.ReadDirectory(directory, after < DirectoryEntry.FirstCookie ? 0 : after, _packer);
    }
}
