using System.Text;
using CondaFuse.Images.Disk;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

public sealed class DiskTreeTests
{
    [Fact]
    public void Every_name_keeps_its_own_node_however_many_there_are()
    {
        using var scratch = new Scratch();
        string[] directories = ["a", "b"];
        foreach (var directory in directories)
        {
            Directory.CreateDirectory(scratch[$"tree/{directory}"]);
            for (var number = 0; number < 1000; number++)
            {
                File.WriteAllText(scratch[$"tree/{directory}/{number}"], $"{directory}{number}");
            }
        }

        using var tree = DiskTree.Open(scratch["tree"]);
        var seen = new HashSet<NodeId>();
        foreach (var directory in directories)
        {
            Assert.True(tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(directory), out var parent));
            var names = new Names();
            tree.ReadDirectory(parent.Node, 0, names);
            Assert.Equal(1000, names.Found.Count);
            foreach (var (name, node) in names.Found)
            {
                Assert.True(seen.Add(node), $"{directory}/{name} has another's node");
                Assert.True(tree.TryLookup(parent.Node, Encoding.UTF8.GetBytes(name), out var again));
                Assert.Equal(node, again.Node);
                var content = new byte[16];
                Assert.Equal($"{directory}{name}", Encoding.UTF8.GetString(content, 0, tree.Read(node, 0, content)));
            }
        }
    }

    private sealed class Names : IDirectorySink
    {
        public List<(string Name, NodeId Node)> Found { get; } = [];

        public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
        {
            Found.Add((Encoding.UTF8.GetString(name), entry.Node));
            return true;
        }
    }
}
