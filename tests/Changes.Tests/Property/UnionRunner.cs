using System.Globalization;
using System.Text;
using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Property;

/// <summary>A union that is reopened, rewritten and committed in between. Its changes are in memory, or in a real journal.</summary>
internal sealed class UnionRunner : IDisposable
{
    private readonly string _image;
    private readonly bool _isReal;
    private MemoryChangeStore _store = new();
    private PendingCommit? _commit;

    public UnionRunner(string image, int seed)
    {
        (_image, _isReal) = (image, seed % 2 == 1);
        Open();
    }

    public ChangedTree Tree { get; private set; } = null!;

    public TreeSession Session { get; private set; } = null!;

    public Dictionary<int, NodeId> Held { get; } = [];

    /// <summary>Whether there was a commit: an image stores no access times.</summary>
    public bool IsCommitted { get; private set; }

    public string Exact() => TreeText.Of(Tree, allTimes: true, withAccess: false);

    /// <summary>The entries that are only known by handle.</summary>
    public string OfHeld()
    {
        var text = new StringBuilder();
        foreach (var (place, node) in Held.OrderBy(pair => pair.Key))
        {
            var held = Tree.GetAttributes(node);
            text.Append(
                CultureInfo.InvariantCulture,
                $"held {place} {held.Kind} {held.Permissions} {held.LinkCount} {held.Inode} {held.Modified} {held.Changed}");
            text.Append(held.Kind == EntryKind.File ? Convert.ToHexString(Session.ReadBytes(node)) : "").Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Performs maintenance that users must not notice.</summary>
    public string Maintain(Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                Reopen();
                return "reopened";
            case 1:
                if (_commit is null)
                {
                    Tree.Rewrite();
                }

                return "rewritten";
            case 2 when _commit is null:
                _commit = Tree.BeginCommit(isLast: false);
                return "commit begun";
            case 2 or 3 when _commit is not null:
                if (random.Next(5) == 0)
                {
                    EndCommit();
                    return "commit given up";
                }

                var generation = Append(_commit.Tree, _commit.Segment);
                IsCommitted = true;
                _commit.Complete(ImageTree.Open(_image), generation);
                EndCommit();
                return $"generation {generation}";
            default:
                Tree.Sync();
                return "synced";
        }
    }

    public void Reopen()
    {
        Dispose();
        _store = _store.Reopen();
        Held.Clear();
        Open();
    }

    public void Dispose()
    {
        EndCommit();
        Tree.Dispose();
    }

    private void EndCommit()
    {
        _commit?.Dispose();
        _commit = null;
    }

    private long Append(ILayeredTree tree, Guid segment)
    {
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(_image)!)!;
        var options = new CommitOptions { Threads = 1, Time = new Timestamp(1), MergedSegment = segment };
        return ImageWriter.Commit(folder, Path.GetFileName(_image), tree, options, progress: null, CancellationToken.None).Info.Generation;
    }

    private ChangeFolder OpenFolder()
    {
        var info = GenerationInfo.Read(_image);
        var options = new ChangeFolderOptions { TakeLock = () => new MemoryStream(), Log = _ => { }, Clock = TimeProvider.System };
        return ChangeFolder.Open(
            new DiskStorage(), Path.ChangeExtension(_image, "changes"),
            new ChangeBase(info.Identity, info.Generation, info.MergedSegment ?? Guid.Empty), options);
    }

    private void Open()
    {
        Tree = ChangedTree.Open(ImageTree.Open(_image), _isReal ? OpenFolder() : _store, TimeProvider.System);
        Session = new TreeSession(Tree);
    }
}
