using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Changes of content.</content>
internal sealed partial class ChangePlan
{
    private void PrepareContent(in Change change)
    {
        _node = PeekFile(change.Node);
        PrepareClearing(change);
        Demand(change.Offset >= 0 && change.Length > 0, TreeFailure.Invalid, $"{change.Length} bytes at {change.Offset}.");
        var size = Node.Size;
        Demand(
            change.Kind == ChangeKind.Collapse || change.Length <= MaxFileSize - (change.Kind == ChangeKind.Insert ? size : change.Offset),
            TreeFailure.FileTooLarge, $"{change.Length} bytes at {change.Offset}.");
        if (change.Kind is ChangeKind.Collapse or ChangeKind.Insert)
        {
            Demand(
                change.Kind == ChangeKind.Insert ? change.Offset < size : change.Offset < size && change.Length < size - change.Offset,
                TreeFailure.Invalid, $"{change.Length} bytes at {change.Offset} of {size}.");
        }

        if (change.Kind == ChangeKind.Copy)
        {
            var from = PeekFile(change.Node2);
            Demand(
                change.Offset2 >= 0 && change.Offset2 < from.Size && change.Length <= from.Size - change.Offset2,
                TreeFailure.Invalid, $"{change.Length} bytes at {change.Offset2} of {from.Size}.");
            _content = Content.Slice(from.GetContent(), change.Offset2, change.Length);
            if (from != Node && state.Find(from.Number) is null)
            {
                _peeked.Remove(from);
            }
        }
    }

    private void ApplyContent(in Change change)
    {
        ApplyClearing(change);
        var content = Node.GetContent();
        state.SetContent(Node, change.Kind switch
        {
            ChangeKind.Write => Content.Overwrite(content, change.Offset, Content.Of(new Extent(Extent.Data, change.DataOffset, change.Length))),
            ChangeKind.Copy => Content.Overwrite(content, change.Offset, _content),
            ChangeKind.Clear => Content.Overwrite(content, change.Offset, Content.OfZeros(change.Length)),
            ChangeKind.Collapse =>
                Content.Join(Content.Split(content, change.Offset).Before, Content.Split(content, change.Offset + change.Length).Behind),
            _ => Inserted(content, change.Offset, change.Length),
        });
        Node.TouchContent(change.Time);
        _content = null;
    }

    private static Content? Inserted(Content? content, long offset, long length)
    {
        var (before, behind) = Content.Split(content, offset);
        return Content.Join(Content.Join(before, Content.OfZeros(length)), behind);
    }
}
