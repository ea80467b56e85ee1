using CondaFuse.Packing.Metadata;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>
/// Brings a prefix table up to date with what was changed since: only that is searched, and files whose record of conda was changed. The result is
/// what a search of everything finds.
/// </summary>
internal sealed class PrefixUpdate
{
    private readonly EnvironmentTree _before, _now;
    private readonly ChangedPlaces _places;
    private readonly RecordChanges _records;
    private readonly KeptPrefixes _kept;
    private readonly PrefixTable _table;
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>Whether a changed file may be one that is searched.</summary>
    private bool _hasCandidates;

    /// <summary>Whether directories in which nothing was changed are left out, with the entries in them.</summary>
    private bool _isPartial;
    private IReadOnlyList<PrefixEntry> _unvisited = [];

    private PrefixUpdate(
        EnvironmentTree before, EnvironmentTree now, ChangedPlaces places, RecordChanges records, PrefixTable table, bool isPartial)
    {
        (_before, _now, _places, _records, _table) = (before, now, places, records, table);
        (_kept, _isPartial) = (new KeptPrefixes(table, records), isPartial);
    }

    /// <summary>Updates.</summary>
    /// <param name="tree">The tree; it must not change meanwhile.</param>
    /// <param name="top">The environment's directory in it; empty if it is the root.</param>
    /// <param name="table">The table of the tree below.</param>
    /// <param name="changed">Paths, from the tree's root, of files whose content was changed in place; null if unknown: then all directories are
    /// read.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Null if the changes may affect any file, so that everything must be searched.</returns>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static PrefixTable? TryRun(
        ILayeredTree tree, string top, PrefixTable table, IReadOnlyList<string>? changed, CancellationToken cancellation)
    {
        if (EnvironmentTree.TryOpen(tree, top) is not { } now
            || EnvironmentTree.TryOpen(tree.Base, top) is not { } before
            || (now.RootInode, now.MetadataInode) != (before.RootInode, before.MetadataInode))
        {
            return null;
        }

        var places = new ChangedPlaces(tree);
        var (list, listBefore) = (now.Describe(UnpackList.Path)?.Inode, before.Describe(UnpackList.Path)?.Inode);
        if (list != listBefore || (list is { } inode && places.IsChanged(inode)) || RecordChanges.Find(before, now, places) is not { } records)
        {
            return null;
        }

        var isPartial = changed is not null && table.Known == table.Prefixes.Count && !places.HasHardLinks;
        if (isPartial)
        {
            places.AddDirectories();
            foreach (var path in changed!.Concat(records.Paths.Select(path => $"{top}/{path}")))
            {
                places.AddDirectoryOf(path);
            }
        }

        return new PrefixUpdate(before, now, places, records, table, isPartial).Run(cancellation);
    }

    private PrefixTable? Run(CancellationToken cancellation)
    {
        var found = Collect([], cancellation);
        var links = found.Where(entry => entry is { IsChanged: true, Found.Entry.Kind: EntryKind.File })
            .Select(entry => _now.Describe(entry.Found.Entry.Node)).Where(file => file.LinkCount > 1).Select(file => file.Inode).ToHashSet();
        if (links.Count > 0)
        {
            _isPartial = false;
            found = Collect(links, cancellation); // the path that counts is the first of all names
        }

        if (links.Count == 0 && !_hasCandidates && IsUnaffected())
        {
            return Scan(found, CondaRecords.Of([]), [.. _table.Prefixes.Select(prefix => prefix.ToArray())], cancellation).Finish(_table);
        }

        var records = _now.ReadRecords(path => _changed.Contains(path) || _kept.MayList(path), _records.SitePackages);
        var known = PrefixDiscovery.PrefixesOf(_now, records, default);
        if (known.Count > _table.Known || !known.Zip(_table.Prefixes).All(pair => pair.Second.Span.SequenceEqual(pair.First)))
        {
            return null;
        }

        if (_isPartial && known.Count < _table.Prefixes.Count)
        {
            _isPartial = false;
            found = Collect(links, cancellation); // entries with other prefixes are searched again
        }

        return Scan(found, records, known, cancellation).Finish(records, _now.MetadataInode, _now.Has(PrefixDiscovery.MarkPath));
    }

    /// <summary>
    /// Whether no record is needed, and the prefixes are those of before: they depend on the records, the mark, the programs, and on files that conda
    /// recorded with a placeholder.
    /// </summary>
    private bool IsUnaffected() =>
        _records.IsEmpty
        && _kept.IsWhole
        && _table.Known == _table.Prefixes.Count
        && _table.HasMark == _now.Has(PrefixDiscovery.MarkPath)
        && !_now.Has(UnpackList.Path)
        && (_now.Describe("bin"), _before.Describe("bin")) is var (bin, binBefore)
        && bin?.Inode == binBefore?.Inode
        && (bin is not { } programs || !_places.IsChanged(programs.Inode))
        && _table.WithoutPrefix?.All(path => _now.Describe(path)?.Inode == _before.Describe(path)?.Inode) == true;

    private PrefixScan Scan(
        List<(FoundEntry Found, bool IsChanged)> found, CondaRecords records, List<byte[]> known, CancellationToken cancellation)
    {
        var listed = UnpackList.Read(_now);
        var scan = new PrefixScan(_now, known, _kept);
        foreach (var entry in _unvisited)
        {
            scan.Add(_kept.Keep(entry));
        }

        foreach (var (entry, isChanged) in found)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!isChanged && _kept.TryKeep(entry, known.Count) is { } kept)
            {
                scan.Add(kept);
            }
            else if (entry.Entry.Kind == EntryKind.Symlink || PrefixDiscovery.IsCandidate(entry.Path, records, listed))
            {
                scan.Look(entry, records.Files.GetValueOrDefault(entry.Path), listed.GetValueOrDefault(entry.Path));
            }
        }

        return scan;
    }

    /// <summary>
    /// What the table names or may have to name: all of it, or without directories in which nothing was changed. A file is changed, too, if a changed
    /// record lists it.
    /// </summary>
    private List<(FoundEntry Found, bool IsChanged)> Collect(HashSet<ulong> links, CancellationToken cancellation)
    {
        var collected = new List<(FoundEntry, bool)>();
        var skipped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var found in _now.Walk(cancellation, directory => _isPartial && _places.IsSame(directory) && skipped.Add(directory.Path)))
        {
            var isChanged = _places.IsChanged(found) || links.Contains(found.Entry.Inode) || _records.Lists(found.Path);
            if (found.Entry.Kind == EntryKind.Directory)
            {
                continue;
            }

            if (isChanged)
            {
                _changed.Add(found.Path);
                _kept.Drop(found.Path);
                _hasCandidates |= PrefixDiscovery.IsSearchedByName(found.Path) || _kept.DependsOn(found.Path);
            }
            else
            {
                _kept.Pass(found.Path);
            }

            if (isChanged || _kept.Lists(found.Path))
            {
                collected.Add((found, isChanged));
            }
        }

        _unvisited = _kept.PassAllIn(skipped);
        return collected;
    }
}
