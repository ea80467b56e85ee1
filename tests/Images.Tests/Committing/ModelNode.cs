using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>An entry of a <see cref="ModelTree"/>.</summary>
internal sealed class ModelNode(uint number, EntryKind kind)
{
    public uint Number => number;

    public EntryKind Kind => kind;

    public ushort Permissions { get; set; }

    public uint User { get; set; }

    public uint Group { get; set; }

    public Timestamp Modified { get; set; }

    public Timestamp Changed { get; set; }

    public uint Major { get; init; }

    public uint Minor { get; init; }

    public byte[] Target { get; init; } = [];

    public byte[] Content { get; set; } = [];

    public List<ContentPiece> Pieces { get; set; } = [];

    public SortedDictionary<string, byte[]> Xattrs { get; } = new(StringComparer.Ordinal);

    /// <summary>Names as Latin-1.</summary>
    public SortedDictionary<string, ModelNode> Children { get; } = new(StringComparer.Ordinal);

    public ModelNode? Parent { get; set; }

    public int Names { get; set; }

    public bool IsDirty { get; set; }

    public void Write(int offset, byte[] bytes)
    {
        if (offset > Content.Length)
        {
            Resize(offset);
        }

        var content = Content;
        Array.Resize(ref content, Math.Max(content.Length, offset + bytes.Length));
        bytes.CopyTo(content, offset);
        Replace(content, offset, bytes.Length, new ContentPiece(offset, bytes.Length, ContentOrigin.Written));
    }

    public void Resize(int length)
    {
        var content = Content;
        var before = content.Length;
        Array.Resize(ref content, length);
        if (length > before)
        {
            Replace(content, before, length - before, new ContentPiece(before, length - before, ContentOrigin.Zeros));
        }
        else
        {
            Content = content;
            IsDirty = true;
            Pieces = [
                .. Pieces.Where(piece => piece.Offset < length).Select(piece => piece with { Length = Math.Min(piece.Length, length - piece.Offset) })
            ];
        }
    }

    public void PunchHole(int offset, int length)
    {
        var content = (byte[])Content.Clone();
        content.AsSpan(offset, length).Clear();
        Replace(content, offset, length, new ContentPiece(offset, length, ContentOrigin.Zeros));
    }

    /// <summary>Makes the content a copy of a part of another node's, including its known origin.</summary>
    public void CopyFrom(ModelNode source, int offset, int length)
    {
        Content = source.Content.AsSpan(offset, length).ToArray();
        var pieces = source.Pieces;
        Pieces = [];
        IsDirty = true;
        foreach (var piece in pieces)
        {
            var start = Math.Max(piece.Offset, offset);
            var end = Math.Min(piece.Offset + piece.Length, offset + length);
            if (end > start)
            {
                Pieces.Add(
                    piece with
                    {
                        Offset = start - offset,
                        Length = end - start,
                        BaseOffset = piece.Origin == ContentOrigin.Base ? piece.BaseOffset + start - piece.Offset : 0,
                    });
            }
        }
    }

    private void Replace(byte[] content, long offset, long length, ContentPiece by)
    {
        var pieces = new List<ContentPiece>();
        foreach (var piece in Pieces)
        {
            if (piece.Offset < offset)
            {
                pieces.Add(piece with { Length = Math.Min(piece.Length, offset - piece.Offset) });
            }

            var end = piece.Offset + piece.Length;
            if (end > offset + length)
            {
                var start = Math.Max(piece.Offset, offset + length);
                pieces.Add(
                    piece with
                    {
                        Offset = start,
                        Length = end - start,
                        BaseOffset = piece.Origin == ContentOrigin.Base ? piece.BaseOffset + start - piece.Offset : 0,
                    });
            }
        }

        pieces.Add(by);
        pieces.Sort((left, right) => left.Offset.CompareTo(right.Offset));
        (Content, Pieces, IsDirty) = (content, pieces, true);
    }
}
