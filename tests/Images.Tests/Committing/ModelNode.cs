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
}
