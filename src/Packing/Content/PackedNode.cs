using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>An entry of what is packed.</summary>
/// <param name="name">Its name; empty for the root.</param>
/// <param name="attributes">What the source says of it; its own handle and length are put in.</param>
/// <param name="parent">Its directory; null for the root.</param>
internal sealed class PackedNode(byte[] name, Attributes attributes, PackedNode? parent)
{
    public byte[] Name { get; } = name;

    public Attributes Attributes { get; set; } = attributes;

    public PackedNode? Parent { get; } = parent;

    /// <summary>The source's handle of the entry; null for what is put in.</summary>
    public NodeId? Source { get; init; }

    /// <summary>Content, or a symlink's target, in place of the source's.</summary>
    public RewrittenContent? Content { get; init; }

    /// <summary>Whether it may be one file with the source's, where what is packed is a directory: nobody writes into what conda installed.</summary>
    public bool MayLink { get; init; }

    /// <summary>A directory's entries, by their names' bytes.</summary>
    public SortedList<byte[], PackedNode> Children { get; } = new(NameOrder.Instance);

    private sealed class NameOrder : IComparer<byte[]>
    {
        public static NameOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
