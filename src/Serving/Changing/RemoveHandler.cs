using CondaFuse.Fuse.Requests;

namespace CondaFuse.Serving.Changing;

/// <summary>UNLINK and RMDIR.</summary>
internal sealed class RemoveHandler(ServedWritableTree served, bool directories) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!TryReadName(ref body, out var name, out var fault))
        {
            return fault;
        }

        if (directories)
        {
            Tree.RemoveDirectory(NodeOf(in request), name);
        }
        else
        {
            Tree.Unlink(NodeOf(in request), name);
        }

        return Answer.Done;
    }
}
