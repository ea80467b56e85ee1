using System.Text;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>
/// Finds the prefix that conda wrote into an environment's files, where that is not the one by which it is reached now: it was created somewhere
/// else, or is reached through a symlink. Any path in a file that had a placeholder may be it; the checksum that conda recorded tells which one is.
/// </summary>
/// <param name="records">What conda recorded.</param>
/// <param name="describe">Finds a file of the environment by its path; null if it is not there.</param>
/// <param name="read">Reads all of a file.</param>
internal sealed class PrefixSearch(CondaRecords records, Func<string, Attributes?> describe, Func<string, byte[]> read)
{
    private const int MaxSamples = 8;
    private const int LargestText = 1 << 20;
    private const int LargestBinary = 32 << 20;
    private const int LongestPrefix = 4096;
    private const int MaxCandidates = 4000;

    /// <summary>A candidate costs a digest of the file: of large files few are tried.</summary>
    private const int MaxProvenBytes = 128 << 20;

    private List<(ManagedFile File, byte[] Data)>? _samples;

    /// <summary>What was found.</summary>
    /// <param name="Prefixes">The prefixes that files may hold: the one it is reached by, then the one it was
    /// created for, if that is another.</param>
    /// <param name="IsUnknown">Whether conda's files hold another one, which nothing tells.</param>
    public readonly record struct Finding(IReadOnlyList<string> Prefixes, bool IsUnknown);

    /// <summary>Looks into files of an environment whose tree was walked.</summary>
    public PrefixSearch(SourceFiles files, CondaRecords records)
        : this(records, path => files.ByPath.TryGetValue(path, out var file) ? file.Attributes : null, files.Read)
    {
    }

    /// <summary>Finds the one that conda's checksums prove; null if they prove none.</summary>
    public string? FindProven() => Samples().Select(sample => Proven(sample.File, sample.Data)).FirstOrDefault(found => found is not null);

    /// <summary>Whether conda's checksums prove a prefix.</summary>
    public bool Proves(string prefix)
    {
        var bytes = Encoding.UTF8.GetBytes(prefix);
        return Samples().Exists(sample => PlaceholderRestoration.TryRestore(sample.Data, sample.File, bytes, out _));
    }

    /// <summary>Finds them.</summary>
    /// <param name="given">The one it is reached by.</param>
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

    /// <summary>Short files that conda put its prefix into, and recorded what they were before.</summary>
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

    /// <summary>The path in a file that stands where its placeholder was; null if none does.</summary>
    private static string? Proven(ManagedFile file, byte[] data) =>
        Candidates(file, data).Distinct(StringComparer.Ordinal).Take((int)Math.Min(MaxCandidates, 1 + (MaxProvenBytes / (1 + data.Length))))
            .FirstOrDefault(candidate => PlaceholderRestoration.TryRestore(data, file, Encoding.UTF8.GetBytes(candidate), out _));

    /// <summary>Absolute paths, and all that they begin with: a prefix ends where its file goes on with a slash or no longer with a path.</summary>
    private static IEnumerable<string> Candidates(ManagedFile file, byte[] data)
    {
        for (var start = Array.IndexOf(data, (byte)'/'); start >= 0; start = Array.IndexOf(data, (byte)'/', start + 1))
        {
            var length = data.AsSpan(start, Math.Min(data.Length - start, LongestPrefix)).IndexOfAny("\0\n\"'"u8) is var end and >= 0
                ? end
                : Math.Min(data.Length - start, LongestPrefix);
            var spare = file.Mode == PrefixMode.Binary ? ZerosFrom(data, start + length, file.Placeholder!.Length) : 0;
            var longest = file.Mode == PrefixMode.Binary ? Math.Min(length, file.Placeholder!.Length) : length;
            for (var i = 2; i <= longest; i++)
            {
                // NULs fill up what a shorter prefix left of the placeholder: at least once.
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

    /// <summary>How many NULs there are, as far as that matters.</summary>
    private static int ZerosFrom(byte[] data, int start, int most)
    {
        var rest = data.AsSpan(start, Math.Min(most, data.Length - start));
        return rest.IndexOfAnyExcept((byte)0) is var end and >= 0 ? end : rest.Length;
    }
}
