using System.Globalization;
using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// Writes a whole state as changes to its base, and produces the state that their replay gives. Names are first cleared (files lose displaced names,
/// directories wait in the root), then set. Meanwhile, files without names hold content that files took from other files of the base.
/// </summary>
internal sealed class StateWriter
{
    private const int PieceBytes = 1 << 20;

    private readonly UnionState _from;
    private readonly Source _source;
    private readonly ChangeEmitter _out;
    private readonly Dictionary<ulong, ulong> _holders = [];
    private readonly HashSet<ulong> _waiting = [];
    private readonly List<(ulong Directory, byte[] Name, ulong Inode)> _dead = [];
    private readonly Dictionary<ulong, (ulong Directory, byte[] Name)> _places = [];
    private ulong _fresh;
    private byte[]? _room;

    /// <param name="from">The state to write.</param>
    /// <param name="source">The source of its content.</param>
    /// <param name="to">Takes the changes.</param>
    public StateWriter(UnionState from, Source source, ChangeEmitter to)
    {
        (_from, _source, _out) = (from, source, to);
        _fresh = from.Next;
    }

    private UnionState To => _out.State;

    /// <summary>Writes the whole state.</summary>
    public void Write()
    {
        HoldSharedContent();
        ClearNames();
        SetNames();
        foreach (var entry in _from.Entries.Values)
        {
            WriteContent(entry);
            WriteXattrs(entry);
        }

        foreach (var entry in _from.Entries.Values)
        {
            WriteAttributes(entry);
        }

        foreach (var number in To.Entries.Keys.Where(number => _from.Find(number) is null && To.Find(number) is { LinkCount: > 0 }).ToList())
        {
            WriteAttributes(_from.Peek(number));
        }

        foreach (var entry in To.Entries.Values.Where(entry => entry.LinkCount == 0 && _from.Find(entry.Number) is null).ToList())
        {
            To.Drop(entry);
        }
    }

    /// <summary>Recreates an entry without names, regardless of its former state.</summary>
    public void WriteNameless(ChangedEntry entry)
    {
        MakeNameless(entry);
        WriteContent(entry);
        WriteXattrs(entry);
        WriteAttributes(entry);
    }

    private static bool IsInPlace(ChangedEntry file, long offset, in Extent extent) =>
        extent.Source == file.Number && extent.Start == offset && !file.IsNew;

    /// <summary>Holds content of the base that other files share now: its file may change before it is copied.</summary>
    private void HoldSharedContent()
    {
        foreach (var file in _from.Entries.Values.Where(entry => entry.HasContent))
        {
            foreach (var (offset, extent) in Content.RunsIn(file.Content))
            {
                if (extent is { IsZeros: false, IsData: false } && !IsInPlace(file, offset, extent) && !_holders.ContainsKey(extent.Source))
                {
                    var (holder, size) = (_fresh++, To.Describe(extent.Source).Size);
                    _holders.Add(extent.Source, holder);
                    _out.Emit(new Change { Kind = ChangeKind.CreateUnnamed, Node = holder });
                    _out.Emit(new Change { Kind = ChangeKind.Copy, Node = holder, Node2 = extent.Source, Length = size });
                }
            }
        }
    }

    private void ClearNames()
    {
        foreach (var directory in _from.Entries.Values.Where(entry => entry is { IsDirectory: true, IsNew: false, Names: not null }))
        {
            foreach (var (name, change) in directory.Names!.All.Where(pair => pair.Value.IsBaseName))
            {
                ClearName(directory.Number, directory.BaseNode, name, change.Inode);
            }
        }

        foreach (var number in _from.Gone)
        {
            if (_from.Base.TryFindInode(number, out var node) && _from.Base.GetAttributes(node).Kind == EntryKind.Directory)
            {
                foreach (var (name, _) in EntryCollector.Of(_from.Base, node))
                {
                    ClearName(number, node, name, 0);
                }
            }
        }

        foreach (var (directory, name, _) in _dead.OrderByDescending(dead => DepthInBase(dead.Inode)))
        {
            _out.Emit(new Change { Kind = ChangeKind.Remove, Directory = directory, Name = name });
        }
    }

    private void ClearName(ulong directory, NodeId baseNode, byte[] name, ulong inode)
    {
        if (!_from.Base.TryLookup(baseNode, name, out var before) || before.Inode == inode)
        {
            return;
        }

        if (before.Kind != EntryKind.Directory)
        {
            _out.Emit(new Change { Kind = ChangeKind.Remove, Directory = directory, Name = name });
        }
        else if (_from.Gone.Contains(before.Inode) || _from.Find(before.Inode) is { LinkCount: 0 })
        {
            _dead.Add((directory, name, before.Inode));
        }
        else
        {
            _waiting.Add(before.Inode);
            _out.Emit(
                new Change
                {
                    Kind = ChangeKind.Rename,
                    Directory = directory,
                    Name = name,
                    Directory2 = _from.RootNumber,
                    Name2 = WaitingName(before.Inode),
                });
        }
    }

    private int DepthInBase(ulong directory)
    {
        var depth = 0;
        while (directory != _from.RootNumber && _from.Base.TryFindInode(directory, out var node))
        {
            directory = _from.Base.GetParentInode(node);
            depth++;
        }

        return depth;
    }

    private void SetNames()
    {
        foreach (var directory in _from.Entries.Values.Where(entry => entry is { IsDirectory: true, Names: not null }))
        {
            foreach (var (name, change) in directory.Names!.All)
            {
                if (change is { Inode: > 0, Kind: EntryKind.Directory })
                {
                    _places[change.Inode] = (directory.Number, name);
                }
            }
        }

        foreach (var inode in _places.Keys)
        {
            Place(inode);
        }

        foreach (var directory in _from.Entries.Values.Where(entry => entry is { IsDirectory: true, Names: not null }))
        {
            foreach (var (name, change) in directory.Names!.All)
            {
                if (change.Inode > 0 && change.Kind != EntryKind.Directory && To.Resolve(To.Peek(directory.Number), name).Inode != change.Inode)
                {
                    SetName(directory.Number, name, change.Inode);
                }
            }
        }

        foreach (var entry in _from.Entries.Values.Where(entry => entry is { IsNew: true, LinkCount: 0 }))
        {
            MakeNameless(entry);
        }
    }

    private void SetName(ulong directory, byte[] name, ulong inode)
    {
        if (To.Find(inode) is null && _from.Find(inode) is { IsNew: true } entry)
        {
            Make(entry, directory, name);
        }
        else
        {
            _out.Emit(new Change { Kind = ChangeKind.Link, Node = inode, Directory = directory, Name = name });
        }
    }

    /// <summary>Creates or moves a directory, after its parents.</summary>
    private void Place(ulong inode)
    {
        var pending = new Stack<ulong>([inode]);
        while (_places.TryGetValue(_from.ParentOf(pending.Peek()), out _) && _from.ParentOf(pending.Peek()) is var parent && !IsPlaced(parent))
        {
            pending.Push(parent);
        }

        foreach (var next in pending.Where(next => !IsPlaced(next)))
        {
            var (directory, name) = _places[next];
            if (_waiting.Remove(next))
            {
                _out.Emit(
                    new Change
                    {
                        Kind = ChangeKind.Rename,
                        Directory = _from.RootNumber,
                        Name = WaitingName(next),
                        Directory2 = directory,
                        Name2 = name,
                    });
            }
            else
            {
                Make(_from.Find(next)!, directory, name);
            }
        }
    }

    private bool IsPlaced(ulong directory) =>
        !_waiting.Contains(directory) && (To.Find(directory) is not null || _from.Find(directory) is not { IsNew: true });

    private void Make(ChangedEntry entry, ulong directory, byte[] name) => Make(entry, ChangeKind.Create, directory, name);

    private void MakeNameless(ChangedEntry entry) => Make(entry, ChangeKind.CreateUnnamed, 0, []);

    private void Make(ChangedEntry entry, ChangeKind kind, ulong directory, byte[] name) => _out.Emit(new Change
    {
        Kind = kind,
        Node = entry.Number,
        Directory = directory,
        Name = name,
        EntryKind = entry.Kind,
        Value = TargetOf(entry),
        Permissions = entry.Permissions,
        UserId = entry.UserId,
        GroupId = entry.GroupId,
        DeviceMajor = entry.DeviceMajor,
        DeviceMinor = entry.DeviceMinor,
        Time = entry.Changed,
    });

    private byte[] TargetOf(ChangedEntry entry)
    {
        if (entry.Kind != EntryKind.Symlink || entry.Target is not null)
        {
            return entry.Target ?? [];
        }

        var target = new byte[entry.Size];
        _from.Base.ReadLink(entry.BaseNode, target);
        return target;
    }

    private void WriteContent(ChangedEntry file)
    {
        var before = To.Find(file.Number) is { HasContent: true } made ? Content.LengthOf(made.Content) : file.BaseSize;
        if (file.Kind != EntryKind.File || (!file.HasContent && To.Peek(file.Number) is { IsNew: false }))
        {
            return;
        }

        var content = file.GetContent();
        if (before != Content.LengthOf(content))
        {
            _out.Emit(
                new Change { Kind = ChangeKind.SetAttributes, Node = file.Number, Fields = ChangedFields.Size, Size = Content.LengthOf(content) });
        }

        foreach (var (offset, extent) in Content.RunsIn(content))
        {
            WriteRun(file, offset, extent, before);
        }
    }

    private void WriteRun(ChangedEntry file, long offset, in Extent extent, long lengthBefore)
    {
        if (extent.IsZeros)
        {
            if (offset < lengthBefore)
            {
                _out.Emit(new Change { Kind = ChangeKind.Clear, Node = file.Number, Offset = offset, Length = extent.Length });
            }
        }
        else if (!extent.IsData && _holders.TryGetValue(extent.Source, out var holder) && !IsInPlace(file, offset, extent))
        {
            _out.Emit(
                new Change
                {
                    Kind = ChangeKind.Copy,
                    Node = file.Number,
                    Offset = offset,
                    Node2 = holder,
                    Offset2 = extent.Start,
                    Length = extent.Length,
                });
        }
        else if (extent.IsData || To.Peek(file.Number).IsNew)
        {
            WriteBytes(file.Number, offset, extent);
        }
    }

    private void WriteBytes(ulong file, long offset, Extent extent)
    {
        _room ??= new byte[PieceBytes];
        while (extent.Length > 0)
        {
            var piece = _room.AsSpan(0, (int)Math.Min(extent.Length, PieceBytes));
            ContentReader.Read(_source, Content.Of(extent), 0, piece);
            _out.EmitWrite(file, offset, piece);
            offset += piece.Length;
            extent = extent.Skip(piece.Length);
        }
    }

    private void WriteXattrs(ChangedEntry entry)
    {
        var now = To.Peek(entry.Number);
        if (entry.Xattrs is null && now.IsNew == entry.IsNew)
        {
            return;
        }

        var (wanted, there) = (entry.Xattrs ?? XattrCopy.Of(_from.Base, entry), now.Xattrs ?? XattrCopy.Of(_from.Base, now));
        foreach (var name in there.Keys.Where(name => !wanted.ContainsKey(name)).ToList())
        {
            _out.Emit(new Change { Kind = ChangeKind.RemoveXattr, Node = entry.Number, Name = name });
        }

        foreach (var (name, value) in wanted)
        {
            if (!there.TryGetValue(name, out var old) || !old.AsSpan().SequenceEqual(value))
            {
                _out.Emit(new Change { Kind = ChangeKind.SetXattr, Node = entry.Number, Name = name, Value = value });
            }
        }
    }

    /// <summary>Writes all attributes; values that belong to the session are copied in memory.</summary>
    private void WriteAttributes(ChangedEntry entry)
    {
        _out.Emit(new Change
        {
            Kind = ChangeKind.SetAttributes,
            Time = entry.Changed,
            Node = entry.Number,
            Fields = ChangedFields.Permissions | ChangedFields.Accessed | ChangedFields.Modified
                | (entry.OwnerWasSet ? ChangedFieldsSets.Owner : ChangedFields.None),
            Permissions = entry.Permissions,
            UserId = entry.UserId,
            GroupId = entry.GroupId,
            Accessed = entry.Accessed,
            Modified = entry.Modified,
        });
        To.Find(entry.Number)!.TakeSessionFacts(entry);
    }

    private byte[] WaitingName(ulong inode)
    {
        for (var tail = ""; ; tail += "~")
        {
            var name = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".condafuse-{inode}{tail}"));
            var root = _from.Peek(_from.RootNumber);
            if (!_from.Resolve(root, name).Exists && !_from.Base.TryLookup(NodeId.Root, name, out _))
            {
                return name;
            }
        }
    }
}
