using System.Text;
using CondaFuse.Packing.Metadata;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>Finds the digests that conda recorded of installed files (<c>sha256_in_prefix</c>) in the text of its records.</summary>
internal static class DigestScan
{
    private const int Digits = 64;

    /// <summary>Finds the digests of files that contain the prefix.</summary>
    /// <param name="environment">The environment, whose records were read.</param>
    /// <param name="records">conda's records.</param>
    /// <param name="entries">Files that contain the prefix.</param>
    /// <param name="kept">What still holds of an earlier table; null if there is none.</param>
    public static IReadOnlyList<PrefixDigests> Find(
        EnvironmentTree environment, CondaRecords records, IReadOnlyList<PrefixEntry> entries, KeptPrefixes? kept)
    {
        var found = new List<PrefixDigests>();
        var packages = entries.Where(entry => entry.Kind == EntryKind.File)
            .Select(entry => (Entry: entry, Managed: records.Files.GetValueOrDefault(entry.Path)))
            .Where(entry => entry.Managed is { InstalledDigest.Length: Digits })
            .GroupBy(entry => entry.Managed!.Package, StringComparer.Ordinal);
        foreach (var package in packages)
        {
            foreach (var record in environment.RecordsOf(package.Key))
            {
                if (kept is not null && kept.TryKeepDigests(record, package.Select(entry => entry.Entry), out var known))
                {
                    found.AddRange(known is null ? [] : [known]);
                }
                else if (EnvironmentTree.Sound(() => environment.Read(record)) is { } text)
                {
                    var spots = package.SelectMany(entry => SpotsOf(text, entry.Managed!.InstalledDigest!, entry.Entry.Inode))
                        .DistinctBy(spot => spot.Offset).OrderBy(spot => spot.Offset).ToList();
                    if (spots.Count > 0)
                    {
                        found.Add(new PrefixDigests(record.Inode, record.Size, spots));
                    }
                }
            }
        }

        return found;
    }

    /// <summary>Files of the same digest have the same content, so it does not matter which of them a place belongs to.</summary>
    private static List<DigestSpot> SpotsOf(byte[] record, string digest, ulong file)
    {
        var spots = new List<DigestSpot>();
        var digits = Encoding.UTF8.GetBytes(digest);
        for (int at = 0, found; (found = record.AsSpan(at).IndexOf(digits)) >= 0; at += found + digits.Length)
        {
            if (IsValue(record.AsSpan(0, at + found)))
            {
                spots.Add(new DigestSpot(at + found, file));
            }
        }

        return spots;
    }

    /// <summary>Whether what stands before is the key, a colon and a quote.</summary>
    private static bool IsValue(ReadOnlySpan<byte> before)
    {
        if (!before.EndsWith("\""u8))
        {
            return false;
        }

        var key = before[..^1].TrimEnd(" \t\r\n"u8);
        return key.EndsWith(":"u8) && key[..^1].TrimEnd(" \t\r\n"u8).EndsWith("\"sha256_in_prefix\""u8);
    }
}
