using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>The part of an earlier prefix table that still holds.</summary>
/// <param name="table">The earlier table.</param>
/// <param name="records">The changes of conda's records since.</param>
internal sealed class KeptPrefixes(PrefixTable table, RecordChanges records)
{
    private const string ByteCodeFolder = "__pycache__";

    private readonly Dictionary<string, PrefixEntry> _direct = ByPath(table.Entries.Where(entry => entry.Source == 0));
    private readonly Dictionary<string, PrefixEntry> _byteCode = ByPath(table.Entries.Where(entry => entry.Source != 0));
    private readonly ILookup<ulong, PrefixEntry> _byteCodeOf =
        table.Entries.Where(entry => entry.Source != 0).ToLookup(entry => entry.Source);
    private readonly Dictionary<ulong, PrefixDigests> _digests =
        table.Digests.DistinctBy(record => record.Inode).ToDictionary(record => record.Inode);
    private readonly HashSet<PrefixEntry> _kept = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ulong> _lost = [.. table.Entries.Select(entry => entry.Inode)];
    private readonly HashSet<string> _withoutPrefix = new(table.WithoutPrefix ?? [], StringComparer.Ordinal);
    private readonly HashSet<string> _folders =
        new(table.Entries.Where(entry => IsSource(entry.Path)).Select(entry => CacheOf(entry.Path)), StringComparer.Ordinal);
    private readonly HashSet<string> _unchangedByteCode = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedFolders = new(StringComparer.Ordinal);
    private int _found;

    /// <summary>Whether the earlier table names a path.</summary>
    public bool Lists(string path) => _direct.ContainsKey(path) || _byteCode.ContainsKey(path);

    /// <summary>Whether a path is in the earlier table, or byte code of a changed module.</summary>
    public bool MayList(string path) => Lists(path) || (IsByteCode(path) && _changedFolders.Contains(FolderOf(path)));

    /// <summary>Whether conda recorded a path with a placeholder, or it is byte code, or the source of byte code, in a folder of the table.</summary>
    public bool DependsOn(string path) =>
        Lists(path)
        || _withoutPrefix.Contains(path)
        || (IsByteCode(path) ? _folders.Contains(FolderOf(path)) : IsSource(path) && _folders.Contains(CacheOf(path)));

    /// <summary>Whether all of the earlier table was found unchanged.</summary>
    public bool IsWhole => _found == _direct.Count && _unchangedByteCode.Count == _byteCode.Count;

    /// <summary>Takes notice of a file that was changed, or has another path than before.</summary>
    public void Drop(string path)
    {
        if (IsByteCode(path))
        {
            _changedFolders.Add(FolderOf(path));
        }
        else if (IsSource(path))
        {
            _changedFolders.Add(CacheOf(path));
        }
    }

    /// <summary>Takes notice of a file or symlink that was not changed.</summary>
    public void Pass(string path)
    {
        _found += _direct.ContainsKey(path) ? 1 : 0;
        _ = _byteCode.ContainsKey(path) && _unchangedByteCode.Add(path);
    }

    /// <summary>Takes notice of directories in which nothing was changed.</summary>
    /// <returns>The entries in them.</returns>
    public IReadOnlyList<PrefixEntry> PassAllIn(IReadOnlySet<string> directories)
    {
        var known = new Dictionary<string, bool>(StringComparer.Ordinal) { [""] = false };
        foreach (var path in _byteCode.Keys.Where(IsIn))
        {
            Pass(path);
        }

        List<PrefixEntry> entries = [.. _direct.Where(entry => IsIn(entry.Key)).Select(entry => entry.Value)];
        entries.ForEach(entry => Pass(entry.Path));
        return entries;

        bool IsIn(string path)
        {
            var folder = FolderOf(path);
            if (!known.TryGetValue(folder, out var isIn))
            {
                known[folder] = isIn = directories.Contains(folder) || IsIn(folder);
            }

            return isIn;
        }
    }

    /// <summary>The earlier entry of a file or symlink that was not changed; null if there is none, or it must be searched again.</summary>
    /// <param name="found">The file or symlink.</param>
    /// <param name="prefixes">How many of the earlier prefixes are still searched for.</param>
    public PrefixEntry? TryKeep(in FoundEntry found, int prefixes) =>
        _direct.GetValueOrDefault(found.Path) is { } entry && entry.Inode == found.Entry.Inode && entry.Prefix < prefixes ? Keep(entry) : null;

    /// <summary>The earlier entries of a source's byte code; null if it must be searched.</summary>
    public IReadOnlyList<PrefixEntry>? ByteCodeOf(PrefixEntry source) =>
        _kept.Contains(source) && !_changedFolders.Contains(CacheOf(source.Path))
            ? [.. _byteCodeOf[source.Inode].Where(entry => _unchangedByteCode.Contains(entry.Path)).Select(Keep)]
            : null;

    /// <summary>Whether the digests in a record are those of the earlier table.</summary>
    /// <param name="record">The record's file.</param>
    /// <param name="entries">The entries of its package.</param>
    /// <param name="digests">The digests; null if it has none.</param>
    public bool TryKeepDigests(in Attributes record, IEnumerable<PrefixEntry> entries, out PrefixDigests? digests)
    {
        digests = _digests.GetValueOrDefault(record.Inode);
        return !records.Has(record.Inode) && entries.All(_kept.Contains) && digests?.Spots.Any(spot => _lost.Contains(spot.File)) != true;
    }

    /// <summary>The earlier table must have been taken through all entries before digests are kept.</summary>
    public void Finish() => _lost.ExceptWith(
        table.Entries.GroupBy(entry => entry.Inode).Where(entries => entries.All(_kept.Contains)).Select(entries => entries.Key));

    /// <summary>Keeps an entry.</summary>
    public PrefixEntry Keep(PrefixEntry entry)
    {
        _kept.Add(entry);
        return entry;
    }

    private static bool IsSource(string path) => path.EndsWith(".py", StringComparison.Ordinal);

    private static bool IsByteCode(string path) => path.EndsWith(".pyc", StringComparison.Ordinal);

    private static string FolderOf(string path) => Path.GetDirectoryName(path) ?? "";

    private static string CacheOf(string source) => Path.Combine(FolderOf(source), ByteCodeFolder);

    private static Dictionary<string, PrefixEntry> ByPath(IEnumerable<PrefixEntry> entries) =>
        entries.DistinctBy(entry => entry.Path, StringComparer.Ordinal).ToDictionary(entry => entry.Path, StringComparer.Ordinal);
}
