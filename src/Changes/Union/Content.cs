namespace CondaFuse.Changes.Union;

/// <summary>
/// The content of a file as runs in order: an AVL tree by position whose nodes hold the sums of their subtrees. Immutable: an edit makes a few new
/// nodes and shares the others, so a reader can continue while the file changes. Null is an empty file. Finding, splitting and joining take time
/// logarithmic in the number of runs.
/// </summary>
internal sealed class Content
{
    private readonly Content? _left;
    private readonly Content? _right;
    private readonly Extent _extent;
    private readonly int _height;

    private Content(Content? left, in Extent extent, Content? right)
    {
        (_left, _extent, _right) = (left, extent, right);
        _height = 1 + Math.Max(HeightOf(left), HeightOf(right));
        Length = LengthOf(left) + extent.Length + LengthOf(right);
        Zeros = ZerosOf(left) + (extent.IsZeros ? extent.Length : 0) + ZerosOf(right);
        Stored = StoredOf(left) + (extent.IsData ? extent.Length : 0) + StoredOf(right);
        Runs = RunsOf(left) + 1 + RunsOf(right);
    }

    /// <summary>Length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>Bytes that are zeros and not stored.</summary>
    public long Zeros { get; }

    /// <summary>Bytes that are stored in the data file.</summary>
    public long Stored { get; }

    /// <summary>Number of runs.</summary>
    public long Runs { get; }

    public static long LengthOf(Content? content) => content?.Length ?? 0;

    public static long ZerosOf(Content? content) => content?.Zeros ?? 0;

    public static long StoredOf(Content? content) => content?.Stored ?? 0;

    public static long RunsOf(Content? content) => content?.Runs ?? 0;

    /// <summary>A single run; null if it is empty.</summary>
    public static Content? Of(in Extent extent) => extent.Length == 0 ? null : new Content(null, extent, null);

    /// <summary>Zeros.</summary>
    public static Content? OfZeros(long length) => Of(new Extent(Extent.Zeros, 0, length));

    /// <summary>The run that holds a position below the length, and the offset of the position in it.</summary>
    public Extent Find(long offset, out long into)
    {
        var node = this;
        while (true)
        {
            var before = LengthOf(node._left);
            if (offset < before)
            {
                node = node._left!;
                continue;
            }

            offset -= before;
            if (offset < node._extent.Length)
            {
                into = offset;
                return node._extent;
            }

            offset -= node._extent.Length;
            node = node._right!;
        }
    }

    /// <summary>The first offset, at or after a given one, of unstored zeros or of other bytes; -1 if there is none.</summary>
    public static long Seek(Content? content, long offset, bool zeros)
    {
        if (content is null || offset >= content.Length || (zeros ? content.Zeros : content.Length - content.Zeros) == 0)
        {
            return -1;
        }

        var before = LengthOf(content._left);
        var found = offset < before ? Seek(content._left, offset, zeros) : -1;
        if (found >= 0)
        {
            return found;
        }

        var end = before + content._extent.Length;
        if (offset < end && content._extent.IsZeros == zeros)
        {
            return Math.Max(offset, before);
        }

        found = Seek(content._right, Math.Max(0, offset - end), zeros);
        return found < 0 ? -1 : found + end;
    }

    /// <summary>The runs in order, each with its offset.</summary>
    public static IEnumerable<(long Offset, Extent Extent)> RunsIn(Content? content)
    {
        var pending = new Stack<Content>();
        var offset = 0L;
        for (var node = content; node is not null || pending.Count > 0;)
        {
            while (node is not null)
            {
                pending.Push(node);
                node = node._left;
            }

            var next = pending.Pop();
            yield return (offset, next._extent);
            offset += next._extent.Length;
            node = next._right;
        }
    }

    /// <summary>Joins two contents; runs that continue each other become one.</summary>
    public static Content? Join(Content? first, Content? second)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        var rest = WithoutLast(first, out var last);
        if (!last.IsContinuedBy(second.First))
        {
            return Join(rest, last, second);
        }

        var behind = WithoutFirst(second, out var next);
        return Join(rest, last with { Length = last.Length + next.Length }, behind);
    }

    /// <summary>The parts before and after a position.</summary>
    public static (Content? Before, Content? Behind) Split(Content? content, long offset)
    {
        if (content is null || offset <= 0)
        {
            return (null, content);
        }

        if (offset >= content.Length)
        {
            return (content, null);
        }

        var into = offset - LengthOf(content._left);
        if (into <= 0)
        {
            var (before, behind) = Split(content._left, offset);
            return (before, Join(behind, content._extent, content._right));
        }

        if (into >= content._extent.Length)
        {
            var (before, behind) = Split(content._right, into - content._extent.Length);
            return (Join(content._left, content._extent, before), behind);
        }

        return (Join(content._left, content._extent.Take(into), null), Join(null, content._extent.Skip(into), content._right));
    }

    /// <summary>A part of the content.</summary>
    public static Content? Slice(Content? content, long offset, long length) => Split(Split(content, offset).Behind, length).Before;

    /// <summary>Replaces bytes from an offset on. A gap between the end and the offset becomes zeros.</summary>
    public static Content? Overwrite(Content? content, long offset, Content? with)
    {
        var (before, behind) = Split(content, offset);
        var gap = offset - LengthOf(before);
        before = gap > 0 ? Join(before, OfZeros(gap)) : before;
        return Join(Join(before, with), Split(behind, LengthOf(with)).Behind);
    }

    /// <summary>Truncates the content, or extends it with zeros.</summary>
    public static Content? Resize(Content? content, long length) =>
        length < LengthOf(content) ? Split(content, length).Before : Join(content, OfZeros(length - LengthOf(content)));

    private Extent First => _left is null ? _extent : _left.First;

    private static int HeightOf(Content? content) => content?._height ?? 0;

    private static Content? WithoutLast(Content content, out Extent last)
    {
        if (content._right is null)
        {
            last = content._extent;
            return content._left;
        }

        return Join(content._left, content._extent, WithoutLast(content._right, out last));
    }

    private static Content? WithoutFirst(Content content, out Extent first)
    {
        if (content._left is null)
        {
            first = content._extent;
            return content._right;
        }

        return Join(WithoutFirst(content._left, out first), content._extent, content._right);
    }

    private static Content Join(Content? left, in Extent extent, Content? right)
    {
        if (HeightOf(left) > HeightOf(right) + 1)
        {
            return Balance(left!._left, left._extent, Join(left._right, extent, right));
        }

        return HeightOf(right) > HeightOf(left) + 1
            ? Balance(Join(left, extent, right!._left), right._extent, right._right)
            : new Content(left, extent, right);
    }

    /// <summary>Joins two trees whose heights differ by at most 2.</summary>
    private static Content Balance(Content? left, in Extent extent, Content? right)
    {
        if (HeightOf(left) > HeightOf(right) + 1)
        {
            return HeightOf(left!._left) >= HeightOf(left._right)
                ? new Content(left._left, left._extent, new Content(left._right, extent, right))
                : new Content(
                    new Content(left._left, left._extent, left._right!._left), left._right._extent, new Content(left._right._right, extent, right));
        }

        if (HeightOf(right) > HeightOf(left) + 1)
        {
            return HeightOf(right!._right) >= HeightOf(right._left)
                ? new Content(new Content(left, extent, right._left), right._extent, right._right)
                : new Content(
                    new Content(left, extent, right._left!._left), right._left._extent, new Content(right._left._right, right._extent, right._right));
        }

        return new Content(left, extent, right);
    }
}
