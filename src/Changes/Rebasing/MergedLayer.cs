using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <summary>
/// A layer over the new generation while it is being built: names are set in any order, and counted. Entries without names are dropped at the end.
/// </summary>
internal sealed class MergedLayer(INumberedTree now)
{
    private readonly Dictionary<ulong, int> _places = [];
    private readonly List<(ulong Directory, byte[] Name, ulong Inode)> _taken = [];
    private ulong _next = now.HighestInode + 1;

    public UnionState State { get; } = new(now, next: 0);

    /// <summary>Names that were removed from entries, in order.</summary>
    public IReadOnlyList<(ulong Directory, byte[] Name, ulong Inode)> Taken => _taken;

    /// <summary>Assigns a number to a new entry.</summary>
    public ulong TakeNumber() => _next++;

    /// <summary>Returns an entry that is to be changed.</summary>
    public ChangedEntry Open(ulong number)
    {
        var entry = State.Peek(number);
        State.Keep(entry);
        return entry;
    }

    /// <summary>Adds a new entry, which has no names yet.</summary>
    public void Add(ChangedEntry entry)
    {
        State.Keep(entry);
        if (entry.IsDirectory)
        {
            _places[entry.Number] = 0;
        }
    }

    /// <summary>The number of the entry with a name; 0 if there is none.</summary>
    public ulong Lookup(ulong directory, ReadOnlySpan<byte> name) => State.Resolve(State.Peek(directory), name).Inode;

    /// <summary>Whether an entry has a name.</summary>
    public bool IsNamed(ulong number) =>
        State.Find(number) is not { } entry || (entry.IsDirectory ? _places.GetValueOrDefault(number, 1) > 0 : entry.LinkCount > 0);

    /// <summary>Makes a name lead to an entry, or removes it (0).</summary>
    public void Assign(ulong directory, ReadOnlySpan<byte> name, ulong inode)
    {
        var parent = Open(directory);
        var before = State.Resolve(parent, name);
        if (before.Inode == inode)
        {
            return;
        }

        parent.Names ??= new DirectoryChanges();
        if (before.Exists)
        {
            parent.Names.Remove(name, before.IsBaseName);
            _taken.Add((directory, name.ToArray(), before.Inode));
            Count(parent, before.Inode, -1);
        }

        if (inode != 0)
        {
            Count(parent, inode, 1);
            parent.Names.Set(name, inode, State.Find(inode)!.Kind, before.IsBaseName);
        }
    }

    /// <summary>The current names of a directory.</summary>
    public IReadOnlyList<byte[]> NamesOf(ulong directory)
    {
        var entry = State.Peek(directory);
        var names = entry.IsNew ? [] : EntryCollector.Of(now, entry.BaseNode).Select(listed => listed.Name);
        var all = names.Concat(entry.Names?.All.Keys ?? []).Distinct(NameComparer.Instance);
        return [.. all.Where(name => State.Resolve(entry, name).Exists)];
    }

    /// <summary>Removes all names below a directory.</summary>
    public void Clear(ulong directory)
    {
        foreach (var name in NamesOf(directory))
        {
            var inode = Lookup(directory, name);
            if (State.Peek(inode).IsDirectory)
            {
                Clear(inode);
            }

            Assign(directory, name, 0);
        }
    }

    /// <summary>Drops entries without names, and new entries below them.</summary>
    public void DropNameless()
    {
        foreach (var entry in State.Entries.Values.Where(entry => !IsNamed(entry.Number)).ToList())
        {
            entry.LinkCount = 0;
        }

        State.DropNameless();
        for (var isDone = false; !isDone;)
        {
            var named = State.Entries.Values.Where(entry => entry.Names is not null)
                .SelectMany(entry => entry.Names!.All.Values)
                .Select(change => change.Inode)
                .ToHashSet();
            var lost = State.Entries.Values.Where(entry => entry.IsNew && !named.Contains(entry.Number)).ToList();
            lost.ForEach(State.Drop);
            isDone = lost.Count == 0;
        }
    }

    private void Count(ChangedEntry parent, ulong inode, int difference)
    {
        var entry = Open(inode);
        if (!entry.IsDirectory)
        {
            entry.LinkCount = (uint)Math.Max(0, entry.LinkCount + difference);
            return;
        }

        _places[inode] = _places.GetValueOrDefault(inode, 1) + difference;
        parent.LinkCount = (uint)Math.Max(2, parent.LinkCount + difference);
        entry.Parent = difference > 0 ? parent.Number : entry.Parent;
    }
}
