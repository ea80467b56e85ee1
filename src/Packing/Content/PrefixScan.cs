using System.Text;
using System.Text.Unicode;
using CondaFuse.Packing.Metadata;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>Searches the files of an environment for its prefixes, and records the positions.</summary>
/// <param name="environment">The environment.</param>
/// <param name="known">Its prefixes, the current one first.</param>
/// <param name="kept">What still holds of an earlier table; null if there is none.</param>
internal sealed class PrefixScan(EnvironmentTree environment, IReadOnlyList<byte[]> known, KeptPrefixes? kept = null)
{
    private const int LargestText = 64 << 20;
    private const int LargestBinary = 256 << 20;
    private const int LargestOwnText = 4 << 20;
    private const int MaxEntries = 1 << 20;
    private const long MaxSpots = 4 << 20;

    private readonly List<PrefixText> _prefixes = [.. known.Select(prefix => new PrefixText(prefix))];

    /// <summary>The known prefixes, the longest first: a shorter one may be found in a longer one.</summary>
    private readonly int[] _order = [.. Enumerable.Range(0, known.Count).OrderByDescending(index => known[index].Length)];
    private readonly List<PrefixEntry> _entries = [];
    private readonly HashSet<ulong> _files = [];

    private readonly bool _isPackedForAny = environment.Has(UnpackList.Path);

    /// <summary>Number of positions so far, limited so that a crafted archive cannot use up the memory.</summary>
    private long _spots;

    /// <summary>Scans one entry.</summary>
    /// <param name="found">The entry.</param>
    /// <param name="managed">conda's record of it; null if there is none.</param>
    /// <param name="listed">Its entry in <c>conda-unpack</c>'s list; null if there is none.</param>
    public void Look(FoundEntry found, ManagedFile? managed, PrefixRecord? listed)
    {
        if (found.Entry.Kind == EntryKind.Symlink)
        {
            LookAtSymlink(found);
        }
        else if (_files.Add(found.Entry.Inode))
        {
            try
            {
                LookAtFile(found.Path, environment.Describe(found.Entry.Node), managed, listed);
            }
            catch (TreeException failure) when (failure.Failure == TreeFailure.Corrupt)
            {
                // Reading the file fails later; the others are served.
            }
        }
    }

    /// <summary>Adds an entry of an earlier table.</summary>
    public void Add(PrefixEntry entry)
    {
        if (entry.Kind == EntryKind.Symlink || _files.Add(entry.Inode))
        {
            AddEntry(entry);
        }
    }

    /// <summary>The result of a scan that found no other files than an earlier table has.</summary>
    public PrefixTable Finish(PrefixTable same)
    {
        LookAtByteCode();
        return same with { Entries = _entries };
    }

    /// <summary>The result of the scan.</summary>
    public PrefixTable Finish(CondaRecords records, ulong metadata, bool hasMark)
    {
        LookAtByteCode();
        kept?.Finish();
        return new PrefixTable([.. _prefixes.Select(prefix => (ReadOnlyMemory<byte>)prefix.Plain.ToArray())], _entries, metadata, hasMark)
        {
            Known = known.Count,
            WithoutPrefix = WithoutPrefix(records),
            Digests = DigestScan.Find(environment, records, _entries, kept),
        };
    }

    /// <summary>
    /// Byte code whose source contains the prefix follows the other entries, which are in the order of their paths. It may contain the prefix, too,
    /// and has the source's length in its header. All other byte code stays unmodified: the path of its source in it is corrected at import.
    /// </summary>
    private void LookAtByteCode()
    {
        _entries.Sort((left, right) => (string.CompareOrdinal(left.Path, right.Path), left.Inode.CompareTo(right.Inode)) switch
        {
            (0, var order) => order,
            (var order, _) => order,
        });
        foreach (var source in _entries.Where(entry => entry.Path.EndsWith(".py", StringComparison.Ordinal)).ToList())
        {
            if (kept?.ByteCodeOf(source) is { } known)
            {
                known.ToList().ForEach(AddEntry);
                continue;
            }

            var folder = Path.Combine(Path.GetDirectoryName(source.Path) ?? "", "__pycache__");
            foreach (var (path, file) in environment.ByteCodeOf(folder, Path.GetFileNameWithoutExtension(source.Path)))
            {
                if (file.Size <= LargestText && EnvironmentTree.Sound(() => environment.Read(file)) is { } content && ByteCode.IsTimed(content))
                {
                    // Byte code that cannot be parsed never counts as matching its source.
                    var spots = ByteCode.Find(content, _prefixes[source.Prefix]) ?? new PrefixSpots { Spots = [] };
                    AddEntry(path, file, source.Prefix, spots, source.Inode);
                }
            }
        }
    }

    private List<string>? WithoutPrefix(CondaRecords records)
    {
        var found = _entries.Where(entry => entry.Source == 0).Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        var without = records.Files.Where(file => file.Value is { Mode: PrefixMode.Text or PrefixMode.Binary, Placeholder: not null })
            .Select(file => file.Key).Where(path => !found.Contains(path)).Order(StringComparer.Ordinal).ToList();
        return without.Count <= PrefixTableFormat.MaxWithoutPrefix
            && without.TrueForAll(path => Encoding.UTF8.GetByteCount(path) <= PrefixTableFormat.LongestPath)
                ? without
                : null;
    }

    private void LookAtSymlink(FoundEntry found)
    {
        var target = environment.ReadLink(found.Entry.Node);
        foreach (var i in _order)
        {
            if (target.AsSpan().StartsWith(known[i]) && (target.Length == known[i].Length || target[known[i].Length] == (byte)'/'))
            {
                AddEntry(new PrefixEntry(found.Entry.Inode, EntryKind.Symlink, i, target.Length, found.Path)
                {
                    Spots = new PrefixSpots { Spots = [new PrefixSpot(0, PrefixForm.Plain)] }, Directory = found.Directory, Name = found.Entry.Name,
                });
                return;
            }
        }
    }

    private void LookAtFile(string path, in Attributes file, ManagedFile? managed, PrefixRecord? listed)
    {
        var isRecorded = managed is { Mode: PrefixMode.Text or PrefixMode.Binary, Placeholder: not null };
        var mode = listed?.Mode ?? (isRecorded ? managed!.Mode : PrefixMode.Unknown);
        if (file.Size > mode switch { PrefixMode.Binary => LargestBinary, PrefixMode.Text => LargestText, _ => LargestOwnText })
        {
            return;
        }

        if (mode == PrefixMode.Unknown && !IsText(environment.ReadStart(file, 4096)))
        {
            return;
        }

        var data = environment.Read(file);
        if (mode == PrefixMode.Unknown)
        {
            if (Utf8.IsValid(data) && !data.Contains((byte)0))
            {
                var isJson = path.EndsWith(".json", StringComparison.Ordinal);
                Add(path, file, prefix => PrefixFinder.InOwnText(data, prefix, isJson));
            }

            return;
        }

        var room = isRecorded ? Placeholder(managed!.Placeholder!) : null;
        PrefixSpots? Find(PrefixText prefix) => mode == PrefixMode.Text
            ? InScript(data, isRecorded ? managed : null, prefix, PrefixFinder.InText(data, prefix))
            : PrefixFinder.InBinary(data, prefix, room is { } longest && longest.Plain.Length >= prefix.Plain.Length ? longest : null);
        if (!Add(path, file, Find))
        {
            // It was packed for any prefix: the placeholder is still there.
            foreach (var placeholder in new[] { listed?.Placeholder, managed?.Placeholder }.OfType<string>().Distinct(StringComparer.Ordinal))
            {
                if (Placeholder(placeholder) is { } prefix && Find(prefix) is { } spots && IndexOf(prefix) is >= 0 and var index)
                {
                    AddEntry(path, file, index, spots);
                    return;
                }
            }
        }
    }

    /// <summary>
    /// A script whose first line conda wrote for a prefix that no first line can hold, if the package's checksum proves that. Where an environment
    /// was packed for any prefix, packing wrote that line, and conda-unpack keeps it.
    /// </summary>
    private PrefixSpots? InScript(byte[] data, ManagedFile? managed, PrefixText prefix, PrefixSpots? spots) =>
        managed?.PackageDigest is not null
        && !_isPackedForAny
        && (spots is not null || (_prefixes is [var own, ..] && prefix == own))
        && EnvLine.Restore(data, prefix) is { } restored
        && PlaceholderRestoration.TryRestore(restored, managed, prefix.Plain, out _)
            ? EnvLine.Add(data, spots)
            : spots;

    private static bool IsText(ReadOnlySpan<byte> start) => !start.Contains((byte)0);

    private static PrefixText? Placeholder(string text) =>
        Encoding.UTF8.GetBytes(text) is { } bytes && PrefixMark.IsPrefix(bytes) ? new PrefixText(bytes) : null;

    private bool Add(string path, in Attributes file, Func<PrefixText, PrefixSpots?> find)
    {
        foreach (var i in _order)
        {
            if (find(_prefixes[i]) is { } spots)
            {
                AddEntry(path, file, i, spots);
                return true;
            }
        }

        return false;
    }

    private void AddEntry(string path, in Attributes file, int prefix, PrefixSpots spots, ulong source = 0) =>
        AddEntry(new PrefixEntry(file.Inode, EntryKind.File, prefix, file.Size, path) { Spots = spots, Source = source });

    private void AddEntry(PrefixEntry entry)
    {
        _spots += entry.Spots.Spots.Count;
        if (_spots <= MaxSpots && _entries.Count < MaxEntries)
        {
            _entries.Add(entry);
        }
    }

    private int IndexOf(PrefixText prefix)
    {
        var bytes = prefix.Plain.ToArray();
        var index = _prefixes.FindIndex(other => other.Plain.SequenceEqual(bytes));
        if (index < 0 && _prefixes.Count < byte.MaxValue)
        {
            _prefixes.Add(prefix);
            index = _prefixes.Count - 1;
        }

        return index;
    }
}
