using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>A digest of the parts of a tree that a commit stores, and the locations of its entries.</summary>
internal sealed class TreeDigest
{
    private readonly IReadableTree _tree;
    private readonly StringBuilder _text = new();

    public TreeDigest(IReadableTree tree)
    {
        _tree = tree;
        Visit(tree.GetAttributes(NodeId.Root), "");
    }

    /// <summary>Every name: its directory, the name, and the entry. The root has none.</summary>
    public List<(NodeId Directory, string Name, Attributes Attributes)> Names { get; } = [];

    /// <summary>The tree as lines of text.</summary>
    public string Text => _text.ToString();

    public ulong Value
    {
        get
        {
            var bytes = Encoding.Latin1.GetBytes(Text);
            return ((ulong)Crc32C.Of(bytes) << 32) | Crc32C.Continue(1, bytes);
        }
    }

    private void Visit(in Attributes found, string path)
    {
        var (node, kind) = (found.Node, found.Kind);
        var attributes = _tree.GetAttributes(node);
        _text.Append(path).Append(' ').Append(attributes with { AllocatedBytes = null, Accessed = null, OwnerWasSet = false }).Append(' ');
        foreach (var name in Xattrs(node))
        {
            _tree.TryGetXattr(node, Encoding.Latin1.GetBytes(name), [], out var length);
            var value = new byte[length];
            _tree.TryGetXattr(node, Encoding.Latin1.GetBytes(name), value, out _);
            _text.Append(name).Append('=').Append(Convert.ToHexString(value)).Append(' ');
        }

        if (kind == EntryKind.File)
        {
            var content = new byte[attributes.Size + 1];
            _text.Append(Convert.ToHexString(content.AsSpan(0, _tree.Read(node, 0, content))));
        }
        else if (kind == EntryKind.Symlink)
        {
            var target = new byte[4096];
            _text.Append(Encoding.Latin1.GetString(target, 0, _tree.ReadLink(node, target)));
        }

        _text.Append('\n');
        if (kind != EntryKind.Directory)
        {
            return;
        }

        var sink = new Sink();
        _tree.ReadDirectory(node, 0, sink);
        foreach (var name in sink.Names.Order(StringComparer.Ordinal))
        {
            Assert.True(_tree.TryLookup(node, Encoding.Latin1.GetBytes(name), out var entry));
            Names.Add((node, name, entry));
            Visit(entry, $"{path}/{name}");
        }
    }

    private string[] Xattrs(NodeId node)
    {
        var names = new byte[_tree.ListXattrs(node, [])];
        return names.Length == 0
            ? []
            : [
                .. Encoding.Latin1.GetString(names, 0, _tree.ListXattrs(node, names))
                    .Split('\0', StringSplitOptions.RemoveEmptyEntries)
                    .Order(StringComparer.Ordinal)
            ];
    }

    private sealed class Sink : IDirectorySink
    {
        public List<string> Names { get; } = [];

        public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
        {
            Names.Add(Encoding.Latin1.GetString(name));
            return true;
        }
    }
}
