using System.Collections.Concurrent;
using CondaFuse.Images.Disk;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Writes trees to disk.</summary>
public static class Extractor
{
    /// <summary>Extracts a tree. Nothing is written outside the directory, whatever the tree's names and symlinks are.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="directory">The destination of the root: created if necessary, and otherwise empty.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the number of bytes of content written, from any thread.</param>
    /// <param name="cancellation">Cancels; what was extracted is removed again, as after a failure.</param>
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

/// <summary>Settings for writing a tree to disk.</summary>
public sealed record ExtractOptions
{
    /// <summary>Threads that read and write content; usually the number of cores.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether to restore owners and groups, which requires root; otherwise everything belongs to the extracting user.</summary>
    public required bool KeepOwners { get; init; }

    /// <summary>Whether extended attributes are restored.</summary>
    public bool Xattrs { get; init; } = true;

    /// <summary>
    /// Whether to restore what could grant privileges: set-id bits, devices, extended attributes of <c>security.</c> and <c>trusted.</c> Only for
    /// trusted trees; most of it requires root.
    /// </summary>
    public bool PreserveSpecial { get; init; }

    /// <summary>Creates hard links to files that are on disk already, instead of copies; null to copy all.</summary>
    public IFileLinks? Links { get; init; }
}

/// <summary>The result of an extraction.</summary>
/// <param name="Counts">Number of inodes of each kind.</param>
/// <param name="ContentBytes">Lengths of all files, each counted once.</param>
/// <param name="Warnings">What this user or file system did not allow to restore, one sentence each.</param>
public sealed record ExtractResult(EntryCounts Counts, long ContentBytes, IReadOnlyList<string> Warnings);
