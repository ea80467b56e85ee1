using CondaFuse.Fuse.Requests;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>A handler that gives something a name, and whose reply introduces it.</summary>
internal abstract class MakingHandler(ServedWritableTree served) : ChangingHandler(served), IRevocableHandler
{
    public void TakeBack(ReadOnlySpan<byte> payload) => Served.TakeBack(payload);

    protected Answer Introduce(in Attributes attributes, Span<byte> payload) => Answer.Value(payload, Served.Introduce(in attributes));
}
