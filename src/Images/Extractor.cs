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
