using System.Collections.Concurrent;
using CondaFuse.Images.Disk;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Writes trees to the disk.</summary>
public static class Extractor
{
    /// <summary>Extracts a tree. Whatever its names and symlinks say, nothing is written outside of the directory.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="directory">Where its root goes: made if it is not there, and must be empty.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told how many bytes of content were written; from any thread.</param>
    /// <param name="cancellation">Stops; what was extracted is removed again, as where an entry fails.</param>
    /// <exception cref="TreeException">An entry cannot be read or written; the message names it.</exception>
    public static ExtractResult Extract(
        IReadableTree tree, string directory, ExtractOptions options, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var warnings = new ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        using var extraction = new TreeExtraction(
            tree, ExtractionTarget.Open(directory), directory, options, warning => warnings.TryAdd(warning, 0), progress, cancellation);
        EntryCounts counts;
        long bytes;
        try
        {
            (counts, bytes) = extraction.Run();
        }
        catch
        {
            extraction.Undo();
            throw;
        }

        return new ExtractResult(counts, bytes, [.. warnings.Keys.Order(StringComparer.Ordinal)]);
    }
}

/// <summary>How a tree is written to the disk.</summary>
public sealed record ExtractOptions
{
    /// <summary>Threads that read and write content; the number of cores is a good one.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether owners and groups are restored, which only root may; otherwise everything belongs to who extracts.</summary>
    public required bool KeepOwners { get; init; }

    /// <summary>Whether extended attributes are restored.</summary>
    public bool Xattrs { get; init; } = true;

    /// <summary>
    /// Whether what may give rights away is restored: set-id bits, devices, extended attributes of <c>security.</c> and <c>trusted.</c> Only for
    /// trees that are trusted, and only root may make most of it.
    /// </summary>
    public bool PreserveSpecial { get; init; }

    /// <summary>What gives files further names of what they are on the disk already, in place of copies; null to copy all.</summary>
    public IFileLinks? Links { get; init; }
}

/// <summary>What was extracted.</summary>
/// <param name="Counts">Inodes of each kind.</param>
/// <param name="ContentBytes">Lengths of all files, each counted once.</param>
/// <param name="Warnings">What this user or file system did not let us restore, one sentence each.</param>
public sealed record ExtractResult(EntryCounts Counts, long ContentBytes, IReadOnlyList<string> Warnings);
