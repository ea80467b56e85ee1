using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>Random operations on an image with changes, with a server that is killed and restarted.</summary>
internal sealed class TreeWorkload
{
    private readonly Random _random;
    private readonly TestClock _clock = new();
    private readonly List<NodeId> _open = [];
    private readonly Dictionary<long, INumberedTree> _images;
    private ChangedTree _tree;
    private PendingCommit? _commit;
    private TreeDigest _digest;
    private string _openText = "";

    /// <param name="storage">The initial storage.</param>
    /// <param name="images">The tree in each generation of the image.</param>
    /// <param name="seed">The random seed.</param>
    public TreeWorkload(RecordedStorage storage, IReadOnlyDictionary<long, INumberedTree> images, int seed)
    {
        (Storage, _random) = (storage, new Random(seed));
        _images = new Dictionary<long, INumberedTree>(images);
        _tree = Mount(storage, _images, seed, _clock);
        _digest = new TreeDigest(_tree);
        Timeline = new Timeline(storage, _digest.Value);
    }

    public RecordedStorage Storage { get; }

    public Timeline Timeline { get; }

    /// <summary>Digest of the current state.</summary>
    public ulong Digest => _digest.Value;

    /// <summary>Asserts that the last action is invisible: the tree, and files that are only open, are unchanged.</summary>
    public void AssertUnseen()
    {
        Assert.Equal(_digest.Text, new TreeDigest(_tree).Text);
        Assert.Equal(_openText, OpenText());
    }

    public IReadOnlyDictionary<long, INumberedTree> Images => _images;

    public static IReadOnlyDictionary<long, INumberedTree> FirstImage { get; } =
        new Dictionary<long, INumberedTree> { [1] = new NumberedMemoryTree(Image()) };

    public static ChangedTree Mount(RecordedStorage storage, IReadOnlyDictionary<long, INumberedTree> images, int seed, TimeProvider clock)
    {
        var folder = new TestFolder(storage, seed: seed);
        folder.Base = StoredImage.Read(storage, folder.Base);
        return ChangedTree.Open(images[folder.Base.Generation], folder.Open(), clock);
    }

    /// <summary>Makes changes until the given number of steps is reached.</summary>
    public void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Step();
        }
    }

    /// <summary>Performs one step. Operations that the tree refuses do not count.</summary>
    /// <exception cref="TreeException">The storage failed; the state is unchanged.</exception>
    public void Step()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(1000)));
        switch (_random.Next(22))
        {
            case < 2:
                _tree.Sync();
                Timeline.Synced();
                break;
            case 2:
                Remount();
                break;
            case 3 when _open.Count > 0:
                var known = _open[0];
                _tree.Forget(known);
                _open.RemoveAll(node => node == known);
                _openText = OpenText();
                break;
            case 4 when _commit is null:
                _tree.Rewrite();
                Timeline.Synced();
                AssertUnseen();
                break;
            case 4 or 5 or 6:
                Commit();
                AssertUnseen();
                break;
            default:
                Timeline.Change(() =>
                {
                    try
                    {
                        Operate();
                    }
                    catch (TreeException e) when (
                        e.Failure is not (TreeFailure.NoSpace or TreeFailure.QuotaExceeded or TreeFailure.Storage or TreeFailure.ReadOnly))
                    {
                        // An operation that the tree refuses has no effect.
                    }

                    _digest = new TreeDigest(_tree);
                    _openText = OpenText();
                    return _digest.Value;
                });
                break;
        }
    }

    /// <summary>Kills the server; another one shows the same tree.</summary>
    public void Remount()
    {
        var before = _digest.Text;
        _commit = null;
        _tree.Dispose();
        _open.Clear();
        _openText = "";
        _tree = Mount(Storage, _images, _random.Next(), _clock);
        _digest = new TreeDigest(_tree);
        Assert.Equal(before, _digest.Text);
    }

    private string OpenText() => string.Concat(_open.Distinct().Select(node =>
    {
        var attributes = _tree.GetAttributes(node);
        var content = new byte[attributes.Kind == EntryKind.File ? attributes.Size : 0];
        return $"{attributes with { Accessed = null, AllocatedBytes = null, OwnerWasSet = false }} "
            + $"{(content.Length > 0 ? _tree.Read(node, 0, content) : 0)} {Convert.ToHexString(content)}\n";
    }));

    /// <summary>Begins a commit, or ends it in one of the possible ways; users do not notice.</summary>
    private void Commit()
    {
        if (_commit is null)
        {
            _commit = _tree.BeginCommit(isLast: false);
            Timeline.Synced();
            return;
        }

        using var commit = _commit;
        _commit = null;
        if (_random.Next(4) > 0)
        {
            var generation = StoredImage.Read(Storage, default).Generation + 1;
            _images[generation] = new FrozenTree(commit.Tree);
            StoredImage.Write(Storage, generation, commit.Segment);
            commit.Complete(_images[generation], generation);
        }
    }

    private static MemoryTree Image()
    {
        var tree = new MemoryTree();
        tree.AddDirectory("lib");
        tree.AddDirectory("lib/python");
        tree.AddFile("lib/python/a", new string('a', 700));
        tree.AddLink("lib/b", tree.AddFile("lib/python/b", "b"));
        tree.AddSymlink("link", "lib/python");
        tree.SetXattr(tree.AddFile("script", "#!/bin/sh"), "user.kind", "script"u8.ToArray());
        return tree;
    }

    private void Operate()
    {
        var (directory, name) = (AnyDirectory(), Encoding.Latin1.GetBytes($"n{_random.Next(6)}"));
        var (owner, permissions) = ((uint)_random.Next(3), (ushort)_random.Next(0x1000));
        switch (_random.Next(18))
        {
            case 0 or 1:
                _open.Add(_tree.Create(directory, name, new NewEntry(EntryKind.File, permissions, owner, owner)).Node);
                break;
            case 2:
                _tree.Create(directory, name, new NewEntry(EntryKind.Directory, permissions, owner, owner));
                break;
            case 3:
                _tree.CreateSymlink(directory, name, Bytes(100), new NewEntry(EntryKind.Symlink, 0x1FF, owner, owner));
                break;
            case 4:
                _tree.Create(
                    directory, name, new NewEntry(EntryKind.CharacterDevice, permissions, owner, owner) { DeviceMajor = 1, DeviceMinor = 300 });
                break;
            case 5 when _open.Count == 0:
                _open.Add(_tree.CreateUnnamed(directory, new NewEntry(EntryKind.File, permissions, owner, owner)).Node);
                break;
            case 6:
                _tree.Link(AnyFile(), directory, name);
                break;
            case 7:
                var (from, removed, attributes) = AnyName();
                if (attributes.Kind == EntryKind.Directory)
                {
                    _tree.RemoveDirectory(from, removed);
                }
                else
                {
                    _tree.Unlink(from, removed);
                    _open.Add(attributes.Node);
                }

                break;
            case 8 or 9:
                var (oldDirectory, oldName, _) = AnyName();
                _tree.Rename(oldDirectory, oldName, directory, name, RenameMode.Replace);
                break;
            case 10:
                var ((firstDirectory, first, _), (secondDirectory, second, _)) = (AnyName(), AnyName());
                _tree.Rename(firstDirectory, first, secondDirectory, second, RenameMode.Exchange);
                break;
            case 11:
                _tree.SetAttributes(AnyName().Attributes.Node, new AttributeChanges
                {
                    Permissions = permissions,
                    UserId = _random.Next(2) == 0 ? owner : null,
                    Modified = _random.Next(2) == 0 ? new Timestamp(_random.Next(-5, 5), 7) : null,
                });
                break;
            case 12:
                _tree.SetAttributes(AnyFile(), new AttributeChanges { Size = _random.Next(2000), ClearSetId = true });
                break;
            case 13:
                _tree.SetXattr(AnyName().Attributes.Node, name, Bytes(300), XattrMode.Any);
                break;
            case 14:
                _tree.RemoveXattr(AnyName().Attributes.Node, name);
                break;
            case 15:
                _tree.Allocate(AnyFile(), _random.Next(1000), _random.Next(1, 500), (AllocateMode)_random.Next(1, 5));
                break;
            case 16:
                _tree.CopyRange(AnyFile(), _random.Next(500), AnyFile(), _random.Next(1000), _random.Next(1000));
                break;
            default:
                _tree.Write(AnyFile(), _random.Next(1500), Bytes(1500), clearSetId: _random.Next(2) == 0);
                break;
        }
    }

    private (NodeId Directory, byte[] Name, Attributes Attributes) AnyName()
    {
        if (_digest.Names.Count == 0)
        {
            return (NodeId.Root, "none"u8.ToArray(), _tree.GetAttributes(NodeId.Root));
        }

        var (directory, name, attributes) = _digest.Names[_random.Next(_digest.Names.Count)];
        return (directory, Encoding.Latin1.GetBytes(name), attributes);
    }

    private NodeId AnyDirectory()
    {
        var directories = _digest.Names.Where(name => name.Attributes.Kind == EntryKind.Directory)
            .Select(name => name.Attributes.Node)
            .Append(NodeId.Root)
            .ToList();
        return directories[_random.Next(directories.Count)];
    }

    /// <summary>A file with a name, or one that is only open.</summary>
    private NodeId AnyFile()
    {
        var files = _digest.Names.Where(name => name.Attributes.Kind == EntryKind.File).Select(name => name.Attributes.Node).Concat(_open).ToList();
        return files.Count == 0 ? NodeId.Root : files[_random.Next(files.Count)];
    }

    private byte[] Bytes(int max)
    {
        var bytes = new byte[_random.Next(1, max)];
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = (byte)_random.Next(1, 256);
        }

        return bytes;
    }
}
