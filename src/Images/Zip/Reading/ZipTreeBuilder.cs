using CondaFuse.Images.Zip.Wire;
using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Builds the tree of an archive from its central directory.</summary>
internal sealed class ZipTreeBuilder
{
    /// <summary>
    /// Maximum number of implied directories: a fixed number per archive, plus a number per entry. Far more than any real archive has.
    /// </summary>
    private const int FreeImplied = 65536, ImpliedForEach = 16;

    private const int LongestChain = 40;
    private const int MaxDuplicates = 1000;

    private readonly ImageFile _file;
    private readonly EndRecord _end;
    private readonly EntryTable _table = new();
    private readonly Dictionary<int, byte[]> _hardLinks = [];
    private readonly long _maxImplied;
    private byte[] _lastDirectory = [];
    private int _lastDirectoryInode = EntryTable.Root;
    private long _implied;

    private readonly ZipRecord? _record;

    private ZipTreeBuilder(ImageFile file, EndRecord end, ZipRecord? record)
    {
        (_file, _end, _record) = (file, end, record);
        _maxImplied = FreeImplied + (end.Entries * ImpliedForEach);
    }

    /// <summary>Reads the central directory.</summary>
    /// <exception cref="ImageException">It is damaged, or does not describe a tree.</exception>
    /// <param name="file">The archive.</param>
    /// <param name="end">Its location.</param>
    /// <param name="record">The private record of one of our own archives, which means that entries have numbers; otherwise null.</param>
    public static EntryTable Build(ImageFile file, EndRecord end, ZipRecord? record)
    {
        var builder = new ZipTreeBuilder(file, end, record);
        builder.ReadAll();
        if (record is null)
        {
            builder.ResolveHardLinks();
        }
        else
        {
            builder.SetRoot(record);
            builder.ResolveNumbers(record);
        }

        builder._table.Complete();
        return builder._table;
    }

    private void ReadAll()
    {
        var cursor = new CentralCursor(_file, _end);
        var overlap = new OverlapCheck(_file.Path, _end.Directory);
        var entries = 0L;
        for (var position = cursor.Position; cursor.TryNext(out var record); position = cursor.Position)
        {
            entries++;
            if (!RecordReader.TryRead(record, _end.Prefix, _record is not null, out var inode, out var target))
            {
                throw new ImageException(ImageFault.CentralDirectory, $"{_file.Path}: the record at {position} lacks its 64-bit sizes.");
            }

            var name = RecordReader.NameOf(record);
            overlap.Add(inode, record.Raw.NameLength, name);
            Add(name, inode, target);
        }

        if (_end.IsEntriesShort ? (ushort)entries != _end.Entries : entries != _end.Entries)
        {
            throw new ImageException(ImageFault.CentralDirectory, $"{_file.Path}: the central directory has {entries} entries, not {_end.Entries}.");
        }

        overlap.Finish();
    }

    private void Add(ReadOnlySpan<byte> path, in ZipInode inode, ReadOnlySpan<byte> hardLinkTarget)
    {
        var trimmed = inode.Kind == EntryKind.Directory ? path.TrimEnd((byte)'/') : path;
        var slash = trimmed.LastIndexOf((byte)'/');
        var name = trimmed[(slash + 1)..];
        var directory = DirectoryOf(trimmed[..(slash + 1)], path);
        if (name.Length == 0 || name.SequenceEqual("."u8))
        {
            // "./" and the like: the root, or the same directory again.
            Demand(inode.Kind == EntryKind.Directory, ImageFault.EntryName, path, "is the name of a file");
            Update(directory, inode);
            return;
        }

        Demand(EntryName.IsValid(name), ImageFault.EntryName, path, "is no name that a file may have");
        var found = _table.Find(directory, name);
        var number = found < 0 ? 0 : _table.Link(found).Inode;
        if (found < 0)
        {
            number = _table.AddInode(inode);
            _table.AddLink(directory, name, number);
            _table.Inode(number).Parent = directory;
        }
        else
        {
            var wasDirectory = _table.Inode(number).Kind == EntryKind.Directory;
            Demand(
                wasDirectory == (inode.Kind == EntryKind.Directory),
                ImageFault.EntryConflict,
                path,
                "is the name of a directory and of something else");
            if (!wasDirectory && _table.Duplicates.Count < MaxDuplicates)
            {
                _table.Duplicates.Add(found);
            }

            Update(number, inode);
        }

        if (!hardLinkTarget.IsEmpty)
        {
            _hardLinks.Add(number, hardLinkTarget.ToArray());
        }
    }

    /// <summary>Updates an entry from a later record. A directory keeps its position.</summary>
    private void Update(int number, in ZipInode inode)
    {
        ref var known = ref _table.Inode(number);
        var (parent, links) = (known.Parent, known.Links);
        known = inode;
        (known.Parent, known.Links) = (parent, links);
        _hardLinks.Remove(number);
    }

    /// <summary>The directory of a path that ends with a slash; missing ones are created.</summary>
    private int DirectoryOf(ReadOnlySpan<byte> path, ReadOnlySpan<byte> whole)
    {
        if (path.SequenceEqual(_lastDirectory))
        {
            return _lastDirectoryInode;
        }

        Demand(path.IsEmpty || path[0] != '/', ImageFault.EntryName, whole, "is an absolute name");
        var directory = EntryTable.Root;
        for (var rest = path; !rest.IsEmpty;)
        {
            var slash = rest.IndexOf((byte)'/');
            var name = rest[..slash];
            rest = rest[(slash + 1)..];
            if (name.IsEmpty || name.SequenceEqual("."u8))
            {
                continue;
            }

            Demand(EntryName.IsValid(name), ImageFault.EntryName, whole, "leads elsewhere, or through a name that no directory may have");
            var link = _table.Find(directory, name);
            directory = link < 0 ? Imply(directory, name, whole) : _table.Link(link).Inode;
            Demand(
                _table.Inode(directory).Kind == EntryKind.Directory, ImageFault.EntryConflict, whole, "leads through something that is no directory");
        }

        _lastDirectory = path.ToArray();
        _lastDirectoryInode = directory;
        return directory;
    }

    private int Imply(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> whole)
    {
        Demand(++_implied <= _maxImplied, ImageFault.ImpliedDirectories, whole, "implies too many directories without their own entries");
        var number = _table.AddInode(new ZipInode { Kind = EntryKind.Directory, Permissions = 0b111_101_101, Parent = directory });
        _table.AddLink(directory, name, number);
        return number;
    }

    /// <summary>
    /// Makes the names of hard links lead to their targets. If the target is missing, an entry with its own content becomes a file.
    /// </summary>
    private void ResolveHardLinks()
    {
        var resolved = new Dictionary<int, int>();
        foreach (var (number, _) in _hardLinks)
        {
            var found = number;
            for (var steps = 0; found > 0 && _hardLinks.TryGetValue(found, out var target); steps++)
            {
                found = steps < LongestChain ? FindPath(target) : 0;
            }

            if (found > 0 && _table.Inode(found).Kind == _table.Inode(number).Kind)
            {
                resolved.Add(number, found);
            }
            else if (_table.Inode(number).Size == 0)
            {
                _table.Inode(number).IsLost = true;
            }
        }

        for (var link = 0; resolved.Count > 0 && link < _table.LinkCount; link++)
        {
            if (resolved.TryGetValue(_table.Link(link).Inode, out var target))
            {
                _table.Redirect(link, target);
            }
        }
    }

    private void SetRoot(ZipRecord record)
    {
        ref readonly var raw = ref record.Raw;
        ref var root = ref _table.Inode(EntryTable.Root);
        root.Number = EntryTable.Root;
        (root.Permissions, root.UserId, root.GroupId) = ((ushort)(raw.RootPermissions & UnixMode.PermissionMask), raw.RootUser, raw.RootGroup);
        (root.Seconds, root.Nanoseconds) = (raw.RootSeconds, raw.RootNanoseconds);
        (root.ChangedSeconds, root.ChangedNanoseconds) = (raw.RootChangedSeconds, raw.RootChangedNanoseconds);
    }

    /// <summary>Applies recorded numbers; names with the same number lead to the same entry.</summary>
    private void ResolveNumbers(ZipRecord record)
    {
        var number = EntryTable.Root;
        while (number < _table.InodeCount && _table.Inode(number).Number == number)
        {
            number++;
        }

        if (number == _table.InodeCount)
        {
            DemandNumber((uint)number - 1 <= record.Raw.HighestInode, (uint)number - 1);
            return; // they keep their order
        }

        var indices = new Dictionary<uint, int>(_table.InodeCount);
        for (var index = EntryTable.Root; index < _table.InodeCount; index++)
        {
            ref var inode = ref _table.Inode(index);
            DemandNumber(inode.Number > 0 && inode.Number <= record.Raw.HighestInode, inode.Number);
            if (!indices.TryAdd(inode.Number, index))
            {
                DemandNumber(inode.Kind != EntryKind.Directory && _table.Inode(indices[inode.Number]).Kind == inode.Kind, inode.Number);
            }
        }

        for (var link = 0; link < _table.LinkCount; link++)
        {
            var target = indices[_table.Inode(_table.Link(link).Inode).Number];
            if (target != _table.Link(link).Inode)
            {
                _table.Redirect(link, target);
            }
        }

        _table.SetNumbers(indices);
    }

    private void DemandNumber(bool holds, uint number)
    {
        if (!holds)
        {
            throw new ImageException(ImageFault.InodeNumber, $"{_file.Path}: no entry may have the inode number {number}.");
        }
    }

    private int FindPath(ReadOnlySpan<byte> path)
    {
        var number = EntryTable.Root;
        foreach (var part in path.Split((byte)'/'))
        {
            var name = path[part];
            if (name.IsEmpty || name.SequenceEqual("."u8))
            {
                continue;
            }

            var link = _table.Find(number, name);
            if (link < 0)
            {
                return 0;
            }

            number = _table.Link(link).Inode;
        }

        return number == EntryTable.Root ? 0 : number;
    }

    private void Demand(bool holds, ImageFault fault, ReadOnlySpan<byte> path, string what)
    {
        if (!holds)
        {
            throw new ImageException(fault, $"{_file.Path}: '{Encoding.UTF8.GetString(path)}' {what}.");
        }
    }
}
