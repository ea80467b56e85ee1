using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// One change on its way into the state. <see cref="Prepare"/> checks it, live or replayed, and reads from the base what it needs, without changing
/// anything; <see cref="Apply"/> then only works in memory and cannot fail. One object serves change after change.
/// </summary>
/// <param name="state">The state.</param>
/// <param name="isReplay">Whether an entry that lost all its names may get one again, or be made anew: a
/// state that was written as a whole does that.</param>
internal sealed partial class ChangePlan(UnionState state, bool isReplay = false)
{
    /// <summary>Longest file in bytes: what SquashFS tools can still handle.</summary>
    public const long MaxFileSize = 1L << 44;

    private const uint MaxLinks = int.MaxValue;

    private readonly List<ChangedEntry> _peeked = [];
    private ChangedEntry? _node;
    private ChangedEntry? _directory;
    private ChangedEntry? _directory2;
    private ChangedEntry? _target;
    private ChangedEntry? _target2;
    private ChangedEntry? _replaced;
    private NameTarget _name;
    private NameTarget _name2;
    private Content? _content;

    private ChangedEntry Node => _node!;

    /// <summary>Checks a change; nothing is changed yet.</summary>
    /// <exception cref="TreeException">It is not possible.</exception>
    public void Prepare(in Change change)
    {
        _peeked.Clear();
        _node = _directory = _directory2 = _target = _target2 = _replaced = null;
        _name = _name2 = default;
        _content = null;
        switch (change.Kind)
        {
            case ChangeKind.Create:
                PrepareCreate(change);
                break;
            case ChangeKind.CreateUnnamed:
                PrepareCreateUnnamed(change);
                break;
            case ChangeKind.Link:
                PrepareLink(change);
                break;
            case ChangeKind.Remove:
                PrepareRemove(change);
                break;
            case ChangeKind.Rename:
                PrepareRename(change);
                break;
            case ChangeKind.Exchange:
                PrepareExchange(change);
                break;
            case ChangeKind.SetAttributes:
                PrepareSetAttributes(change);
                break;
            case ChangeKind.Write:
            case ChangeKind.Clear:
            case ChangeKind.Copy:
            case ChangeKind.Collapse:
            case ChangeKind.Insert:
                PrepareContent(change);
                break;
            case ChangeKind.SetXattr:
            case ChangeKind.RemoveXattr:
                PrepareXattr(change);
                break;
            case ChangeKind.Synced:
                break;
            case ChangeKind.Forget:
                _node = Peek(change.Node);
                Demand(Node.LinkCount == 0, TreeFailure.Invalid, "It has names.");
                break;
            default:
                throw new TreeException(TreeFailure.Unsupported, $"Changes of kind {(byte)change.Kind} are unknown.");
        }
    }

    /// <summary>Puts the change that was prepared into the state.</summary>
    public void Apply(in Change change)
    {
        foreach (var entry in _peeked)
        {
            state.Keep(entry);
        }

        switch (change.Kind)
        {
            case ChangeKind.Create:
                ApplyCreate(change);
                break;
            case ChangeKind.CreateUnnamed:
                KeepNew();
                break;
            case ChangeKind.Link:
                ApplyLink(change);
                break;
            case ChangeKind.Remove:
                ApplyRemove(change);
                break;
            case ChangeKind.Rename:
                ApplyRename(change);
                break;
            case ChangeKind.Exchange:
                ApplyExchange(change);
                break;
            case ChangeKind.SetAttributes:
                ApplySetAttributes(change);
                break;
            case ChangeKind.SetXattr:
            case ChangeKind.RemoveXattr:
                ApplyXattr(change);
                break;
            case ChangeKind.Forget:
                state.Drop(Node);
                break;
            case ChangeKind.Synced:
                break;
            default:
                ApplyContent(change);
                break;
        }
    }

    private static void Demand(bool condition, TreeFailure failure, string message)
    {
        if (!condition)
        {
            throw new TreeException(failure, message);
        }
    }

    /// <summary>An entry that the change touches: the same object for the same number.</summary>
    private ChangedEntry Peek(ulong number)
    {
        foreach (var known in _peeked)
        {
            if (known.Number == number)
            {
                return known;
            }
        }

        var entry = state.Peek(number);
        _peeked.Add(entry);
        return entry;
    }

    private ChangedEntry PeekFile(ulong number)
    {
        var entry = Peek(number);
        return entry.Kind == EntryKind.File
            ? entry
            : throw new TreeException(
                entry.IsDirectory ? TreeFailure.IsADirectory : TreeFailure.WrongKind, $"Inode {number} is a {entry.Kind}, not a file.");
    }

    /// <summary>A directory that was not removed.</summary>
    private ChangedEntry PeekDirectory(ulong number)
    {
        var entry = Peek(number);
        Demand(entry.IsDirectory, TreeFailure.NotADirectory, $"Inode {number} is a {entry.Kind}, not a directory.");
        Demand(entry.LinkCount > 0, TreeFailure.NotFound, $"Directory {number} was removed.");
        return entry;
    }
}
