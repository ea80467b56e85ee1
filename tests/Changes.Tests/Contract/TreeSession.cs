using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <summary>Accesses a writable tree by path, for tests. Names are ASCII.</summary>
internal sealed class TreeSession(IWritableTree tree)
{
    public IWritableTree Tree { get; } = tree;

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public NodeId Find(string path)
    {
        var node = NodeId.Root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = Tree.TryLookup(node, Utf8(part), out var found)
                ? found.Node
                : throw new TreeException(TreeFailure.NotFound, $"{path} is not there");
        }

        return node;
    }

    public bool Exists(string path)
    {
        var (parent, name) = Split(path);
        return Tree.TryLookup(parent, Utf8(name), out _);
    }

    public Attributes Stat(string path) => Tree.GetAttributes(Find(path));

    public Attributes MakeFile(string path, string content = "", ushort permissions = 0x1A4, uint user = 0, uint group = 0)
    {
        var made = Make(path, new NewEntry(EntryKind.File, permissions, user, group));
        if (content.Length > 0)
        {
            Tree.Write(made.Node, 0, Utf8(content), clearSetId: false);
        }

        return Tree.GetAttributes(made.Node);
    }

    public Attributes MakeDirectory(string path, ushort permissions = 0x1ED, uint user = 0, uint group = 0) =>
        Make(path, new NewEntry(EntryKind.Directory, permissions, user, group));

    public Attributes Make(string path, NewEntry entry)
    {
        var (parent, name) = Split(path);
        return Tree.Create(parent, Utf8(name), entry);
    }

    public Attributes MakeSymlink(string path, string target)
    {
        var (parent, name) = Split(path);
        return Tree.CreateSymlink(parent, Utf8(name), Utf8(target), new NewEntry(EntryKind.Symlink, 0x1FF, 0, 0));
    }

    public Attributes Link(string from, string to)
    {
        var (parent, name) = Split(to);
        return Tree.Link(Find(from), parent, Utf8(name));
    }

    public void Unlink(string path)
    {
        var (parent, name) = Split(path);
        Tree.Unlink(parent, Utf8(name));
    }

    public void RemoveDirectory(string path)
    {
        var (parent, name) = Split(path);
        Tree.RemoveDirectory(parent, Utf8(name));
    }

    public void Rename(string from, string to, RenameMode mode = RenameMode.Replace)
    {
        var ((fromParent, fromName), (toParent, toName)) = (Split(from), Split(to));
        Tree.Rename(fromParent, Utf8(fromName), toParent, Utf8(toName), mode);
    }

    public void Write(string path, long offset, string content) => Tree.Write(Find(path), offset, Utf8(content), clearSetId: false);

    public string Read(string path) => Read(Find(path));

    public string Read(NodeId file) => Encoding.UTF8.GetString(ReadBytes(file)).Replace('\0', '.');

    public byte[] ReadBytes(NodeId file)
    {
        var content = new byte[Tree.GetAttributes(file).Size + 10];
        return content[..Tree.Read(file, 0, content)];
    }

    public string ReadLink(string path)
    {
        var room = new byte[4096];
        return Encoding.UTF8.GetString(room, 0, Tree.ReadLink(Find(path), room));
    }

    public string? GetXattr(string path, string name)
    {
        var node = Find(path);
        if (!Tree.TryGetXattr(node, Utf8(name), [], out var length))
        {
            return null;
        }

        var value = new byte[length];
        return Tree.TryGetXattr(node, Utf8(name), value, out _) ? Encoding.UTF8.GetString(value) : null;
    }

    public string[] ListXattrs(string path)
    {
        var node = Find(path);
        var names = new byte[Tree.ListXattrs(node, [])];
        return names.Length == 0
            ? []
            : [
                .. Encoding.UTF8.GetString(names, 0, Tree.ListXattrs(node, names))
                    .Split('\0', StringSplitOptions.RemoveEmptyEntries)
                    .Order(StringComparer.Ordinal)
            ];
    }

    public string[] List(string path) => [.. Entries(path).Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public IReadOnlyList<(string Name, DirectoryEntry Entry)> Entries(string path, ulong after = 0, int max = int.MaxValue)
    {
        var names = new Names(max);
        Tree.ReadDirectory(Find(path), after, names);
        return names.Taken;
    }

    public (NodeId Parent, string Name) Split(string path)
    {
        var cut = path.LastIndexOf('/');
        return (Find(cut < 0 ? "" : path[..cut]), path[(cut + 1)..]);
    }

    private sealed class Names(int max) : IDirectorySink
    {
        public List<(string Name, DirectoryEntry Entry)> Taken { get; } = [];

        public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
        {
            if (Taken.Count == max)
            {
                return false;
            }

            Taken.Add((Encoding.UTF8.GetString(name), entry));
            return true;
        }
    }
}
