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
    /// <param name="cancellation">Stops; what was extracted stays.</param>
    /// <exception cref="TreeException">An entry cannot be read or written; the message names it.</exception>
    public static ExtractResult Extract(
        IReadableTree tree, string directory, ExtractOptions options, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            Directory.CreateDirectory(directory);
            if (Directory.EnumerateFileSystemEntries(directory).Any())
            {
                throw new TreeException(TreeFailure.NotEmpty, $"{directory} is not empty.");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TreeException(TreeFailure.Storage, exception.Message, exception);
        }

        var warnings = new ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        using var extraction = new TreeExtraction(tree, directory, options, warning => warnings.TryAdd(warning, 0), progress, cancellation);
        var (counts, bytes) = extraction.Run();
        return new ExtractResult(counts, bytes, [.. warnings.Keys.Order(StringComparer.Ordinal)]);
    }
}
