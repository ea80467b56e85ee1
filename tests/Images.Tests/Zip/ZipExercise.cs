using CondaFuse.Images.Zip;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Queries everything in an archive, within the limits of a valid one of its size, and allows only typed failures.</summary>
internal sealed class ZipExercise
{
    private const int MaxEntries = 5000;
    private const long MaxBytes = 16 << 20;

    private readonly byte[] _room = new byte[300_000];
    private int _entries;
    private long _bytes;

    /// <summary>Number of failures by fault.</summary>
    public Dictionary<string, int> Faults { get; } = [];

    public void Run(string archive)
    {
        (_entries, _bytes) = (0, 0);
        Try(() => ImageSummary.Read(archive));
        Try(() => GenerationInfo.Read(archive));
        Try(() =>
        {
            using var tree = ZipTree.Open(archive);
            for (ulong number = 0; number < 40; number++)
            {
                tree.TryFindInode(number, out _);
            }

            Walk(tree);
        });
    }

    private void Walk(ZipTree tree)
    {
        var pending = new Stack<NodeId>([NodeId.Root]);
        while (pending.TryPop(out var directory) && _entries < MaxEntries && _bytes < MaxBytes)
        {
            tree.GetParentInode(directory);
            var list = new EntryCollector();
            tree.ReadDirectory(directory, 0, list);
            foreach (var (name, node) in list.Entries)
            {
                _entries++;
                Assert.True(EntryName.IsValid(name));
                Try(() => Assert.True(tree.TryLookup(directory, name, out _)));
                Try(() => Exercise(tree, node, pending));
            }
        }
    }

    private void Exercise(ZipTree tree, NodeId node, Stack<NodeId> pending)
    {
        var attributes = tree.GetAttributes(node);
        switch (attributes.Kind)
        {
            case EntryKind.Directory:
                pending.Push(node);
                break;
            case EntryKind.Symlink:
                tree.ReadLink(node, _room);
                break;
            case EntryKind.File:
                foreach (var offset in new[] { 0, 4095, attributes.Size / 2, attributes.Size - 1, attributes.Size })
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
