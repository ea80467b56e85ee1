using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// Lists a directory of the union: the added names, the newest first, then the base's names with their changes. The gate is held only while a name
/// is looked up, never while the sink works. One object serves many listings.
/// </summary>
internal sealed class DirectoryView : IDirectorySink
{
    /// <summary>How many consecutive bases have distinguishable cookies.</summary>
    public const uint Epochs = 128;

    private const int EpochShift = 56;

    private ReaderGate _gate = null!;
    private UnionState _state = null!;
    private IDirectorySink _sink = null!;
    private DirectoryChanges? _changes;
    private NodeId _baseNode;
    private bool _isFull;
    private ulong _epoch;

    /// <summary>Begins a listing.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="version">The version; its base stays until <see cref="Close"/>.</param>
    /// <param name="changes">The directory's names that differ from the base's; null if there are none.</param>
    /// <param name="baseNode">The base's handle of the directory; 0 if it is new.</param>
    /// <param name="sink">Takes the entries.</param>
    public void Open(ReaderGate gate, TreeVersion version, DirectoryChanges? changes, NodeId baseNode, IDirectorySink sink)
    {
        (_gate, _state, _changes, _baseNode, _sink) = (gate, version.State, changes, baseNode, sink);
        _isFull = false;
        _epoch = (ulong)version.Epoch << EpochShift;
    }

    public void Close()
    {
        (_state, _sink) = (null!, null!);
        _changes = null;
    }

    /// <summary>
    /// Continues the listing. A cookie of an earlier base is meaningless: the listing starts over, so that names are repeated but none is lost.
    /// </summary>
    public void Read(ulong after)
    {
        after = after >> EpochShift == _epoch >> EpochShift ? after ^ _epoch : 0;
        Span<byte> room = stackalloc byte[EntryName.MaxLength];
        while (after < DirectoryChanges.BaseCookies
            && !_isFull
            && _changes is not null
            && TryTakeAdded(ref after, room, out var length, out var entry))
        {
            _isFull = !_sink.TryAdd(room[..length], entry);
        }

        if (!_isFull && _baseNode != default)
        {
            _state.Base.ReadDirectory(_baseNode, after >= DirectoryChanges.BaseCookies ? after ^ DirectoryChanges.BaseCookies : 0, this);
        }
    }

    /// <summary>A name of the base.</summary>
    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        var (inode, kind) = (entry.Inode, entry.Kind);
        if (_changes is not null)
        {
            var slot = _gate.EnterRead();
            if (_changes.TryGet(name, out var change))
            {
                (inode, kind) = (change.Inode, change.Kind);
            }

            _gate.ExitRead(slot);
            if (inode == 0)
            {
                return true;
            }
        }

        _isFull = !_sink.TryAdd(name, new DirectoryEntry(_state.NodeOf(inode), inode, kind, entry.Cookie | DirectoryChanges.BaseCookies | _epoch));
        return !_isFull;
    }

    private bool TryTakeAdded(ref ulong after, Span<byte> room, out int length, out DirectoryEntry entry)
    {
        var slot = _gate.EnterRead();
        var found = _changes!.TryGetAddedAfter(after, out var name, out var change);
        _gate.ExitRead(slot);
        length = name?.Length ?? 0;
        name.CopyTo(room);
        after = found ? change.Cookie : after;
        entry = found ? new DirectoryEntry(_state.NodeOf(change.Inode), change.Inode, change.Kind, change.Cookie | _epoch) : default;
        return found;
    }
}
