using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Queries everything in a tree, within the limits of a valid image of its size, and allows only typed failures.</summary>
internal sealed class TreeExercise
{
    private const int MaxEntries = 5000;
    private const long MaxBytes = 32 << 20;

    private readonly byte[] _room = new byte[300_000];
    private int _entries;
    private long _bytes;

    /// <summary>Number of failures by fault.</summary>
    public Dictionary<string, int> Faults { get; } = [];

    public void Run(string image)
    {
        (_entries, _bytes) = (0, 0);
        Try(() => ImageSummary.Read(image));
        Try(() =>
        {
            using var tree = SquashFsTree.Open(image);
            Try(() => tree.ReadPrefixTable());
            Try(() => tree.ReadFirstUses());
            for (ulong number = 0; number < 40; number++)
            {
                var asked = number;
                Try(() => tree.TryFindInode(asked, out _));
            }

            Walk(tree);
        });
    }

    private void Walk(SquashFsTree tree)
    {
        var pending = new Stack<NodeId>([NodeId.Root]);
        while (pending.TryPop(out var directory) && _entries < MaxEntries && _bytes < MaxBytes)
        {
            Try(() => tree.GetParentInode(directory));
            var list = new EntryCollector();
            Try(() => tree.ReadDirectory(directory, 0, list));
            foreach (var (name, node) in list.Entries.Take(MaxEntries))
            {
                _entries++;
                Assert.True(EntryName.IsValid(name));
                Try(() => tree.TryLookup(directory, name, out _));
                Try(() => Exercise(tree, node, pending));
            }

            Try(() => tree.ReadDirectory(directory, (ulong)_entries * 997, new TakingSink(3)));
        }
    }

    private void Exercise(SquashFsTree tree, NodeId node, Stack<NodeId> pending)
    {
        var attributes = tree.GetAttributes(node);
        Try(() =>
        {
            var names = _room.AsSpan(0, tree.ListXattrs(node, _room));
            foreach (var name in System.Text.Encoding.Latin1.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                tree.TryGetXattr(node, System.Text.Encoding.Latin1.GetBytes(name), _room, out _);
            }
        });
        switch (attributes.Kind)
        {
            case EntryKind.Directory:
                pending.Push(node);
                break;
            case EntryKind.Symlink:
                tree.ReadLink(node, _room);
                break;
            case EntryKind.File:
                foreach (var offset in new[] { 0, 1, 4095, attributes.Size / 2, attributes.Size - 1, attributes.Size })
                {
                    Try(() => _bytes += tree.Read(node, Math.Max(offset, 0), _room));
                }

                break;
        }
    }

    private void Try(Action action)
    {
        string fault;
        try
        {
            action();
            return;
        }
        catch (ImageException exception)
        {
            fault = exception.Fault.ToString();
        }
        catch (TreeException exception)
        {
            fault = exception.Failure.ToString();
        }

        Faults[fault] = Faults.GetValueOrDefault(fault) + 1;
    }
}
