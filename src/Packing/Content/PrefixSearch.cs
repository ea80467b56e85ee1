using System.Text;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>
/// Finds the prefix that conda wrote into an environment's files, if it is not the current path: the environment was created elsewhere, or is
/// accessed through a symlink. Every path at the position of a placeholder is a candidate; conda's recorded checksum proves the right one.
/// </summary>
/// <param name="records">conda's records.</param>
/// <param name="describe">Finds a file of the environment by path; null if it does not exist.</param>
/// <param name="read">Reads a whole file.</param>
internal sealed class PrefixSearch(CondaRecords records, Func<string, Attributes?> describe, Func<string, byte[]> read)
{
    private const int MaxSamples = 8;
    private const int LargestText = 1 << 20;
    private const int LargestBinary = 32 << 20;
    private const int LongestPrefix = 4096;
    private const int MaxCandidates = 4000;

    /// <summary>Each candidate requires a digest of the file, so large files limit the number of candidates.</summary>
    private const int MaxProvenBytes = 128 << 20;

    /// <summary>Bytes of paths in one file that are looked at: many times those of any file that has a prefix.</summary>
    private const int MaxPathBytes = 64 << 20;

    private List<(ManagedFile File, byte[] Data)>? _samples;

    /// <summary>The result.</summary>
    /// <param name="Prefixes">The prefixes that files may contain: the current path, then the path of creation if that differs.</param>
    /// <param name="IsUnknown">Whether conda's files contain another prefix, which cannot be determined.</param>
    public readonly record struct Finding(IReadOnlyList<string> Prefixes, bool IsUnknown);

    /// <summary>Searches files of an environment whose tree was walked.</summary>
    public PrefixSearch(SourceFiles files, CondaRecords records)
        : this(records, path => files.ByPath.TryGetValue(path, out var file) ? file.Attributes : null, files.Read)
    {
    }

    /// <summary>Finds the prefix that conda's checksums prove; null if there is none.</summary>
    public string? FindProven() => Samples().Select(sample => Proven(sample.File, sample.Data)).FirstOrDefault(found => found is not null);

    /// <summary>Whether conda's checksums prove a prefix.</summary>
    public bool Proves(string prefix)
    {
        var bytes = Encoding.UTF8.GetBytes(prefix);
        return Samples().Exists(sample => PlaceholderRestoration.TryRestore(sample.Data, sample.File, bytes, out _));
    }

    /// <summary>Whether the checksum of any text that conda recorded proves a prefix.</summary>
    public bool ProvesAnywhere(string prefix)
    {
        var (bytes, left) = (Encoding.UTF8.GetBytes(prefix), (long)MaxProvenBytes);
        foreach (var file in records.Files.Values)
        {
            if (file is { Mode: PrefixMode.Text, Placeholder: not null, PackageDigest: not null }
                && describe(file.Path) is { Kind: EntryKind.File, Size: <= LargestText } found
                && (left -= found.Size) >= 0
                && EnvironmentTree.Sound(() => read(file.Path)) is { } data
                && data.AsSpan().IndexOf(bytes) >= 0
                && PlaceholderRestoration.TryRestore(data, file, bytes, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the prefixes.</summary>
    /// <param name="given">The current path.</param>
    public Finding Find(string given)
    {
        var prefix = Encoding.UTF8.GetBytes(given);
        var samples = Samples();
        if (samples.Count == 0 || samples.Exists(sample => PlaceholderRestoration.TryRestore(sample.Data, sample.File, prefix, out _)))
        {
            return new Finding([given], IsUnknown: false);
        }

        var created = samples.Select(sample => Proven(sample.File, sample.Data)).FirstOrDefault(found => found is not null);
        return created is null
            ? new Finding([given], IsUnknown: !samples.Exists(sample => PrefixReplacement.IsIn(sample.Data, prefix)))
            : new Finding([given, created], IsUnknown: false);
    }

    /// <summary>Short files into which conda put its prefix, and whose original checksum it recorded.</summary>
    private List<(ManagedFile File, byte[] Data)> Samples() => _samples ??=
        [.. records.Files.Values
            .Where(file => file is { Mode: PrefixMode.Text or PrefixMode.Binary, Placeholder: not null, PackageDigest: not null })
            .Select(file => (File: file, Found: describe(file.Path)))
            .Where(sample => sample.Found is { Kind: EntryKind.File } found
                && found.Size <= (sample.File.Mode == PrefixMode.Text ? LargestText : LargestBinary))
            .OrderBy(sample => sample.Found!.Value.Size).ThenBy(sample => sample.File.Path, StringComparer.Ordinal)
            .Take(MaxSamples)
            .Select(sample => (sample.File, Data: EnvironmentTree.Sound(() => read(sample.File.Path))))
            .Where(sample => sample.Data is not null)
            .Select(sample => (sample.File, sample.Data!))];

    /// <summary>The path at the position of a file's placeholder, proven by checksum; null if there is none.</summary>
    private static string? Proven(ManagedFile file, byte[] data) =>
        Candidates(file, data).Distinct(StringComparer.Ordinal).Take((int)Math.Min(MaxCandidates, 1 + (MaxProvenBytes / (1 + data.Length))))
            .FirstOrDefault(candidate => PlaceholderRestoration.TryRestore(data, file, Encoding.UTF8.GetBytes(candidate), out _));

    /// <summary>Absolute paths at the position, and all their beginnings: the prefix ends before a slash, or where the path ends.</summary>
    private static IEnumerable<string> Candidates(ManagedFile file, byte[] data)
    {
        var left = MaxPathBytes;
        for (var start = Array.IndexOf(data, (byte)'/'); start >= 0; start = Array.IndexOf(data, (byte)'/', start + 1))
        {
            if (start + 1 < data.Length && data[start + 1] == (byte)'/')
            {
                continue; // no prefix has an empty name
            }

            var length = data.AsSpan(start, Math.Min(data.Length - start, LongestPrefix)).IndexOfAny("\0\n\"'"u8) is var end and >= 0
                ? end
                : Math.Min(data.Length - start, LongestPrefix);
            if ((left -= length) < 0)
            {
                yield break;
            }

            var spare = file.Mode == PrefixMode.Binary ? ZerosFrom(data, start + length, file.Placeholder!.Length) : 0;
            var longest = file.Mode == PrefixMode.Binary ? Math.Min(length, file.Placeholder!.Length) : length;
            for (var i = 2; i <= longest; i++)
            {
                // NULs fill up the space that a shorter prefix left of the placeholder: there is at least one.
                if (file.Mode == PrefixMode.Binary && spare < Math.Max(file.Placeholder!.Length - i, 1))
                {
                    continue;
                }

                if (i == length || data[start + i] is (byte)'/' or (byte)' ' or (byte)':' or (byte)';' or (byte)',' or (byte)')')
                {
                    yield return Encoding.UTF8.GetString(data, start, i);
                }
            }
        }
    }

    /// <summary>Counts NULs, up to a limit.</summary>
    private static int ZerosFrom(byte[] data, int start, int most)
    {
        var rest = data.AsSpan(start, Math.Min(most, data.Length - start));
        return rest.IndexOfAnyExcept((byte)0) is var end and >= 0 ? end : rest.Length;
    }
}
