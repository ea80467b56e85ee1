using CondaFuse.Images;
using CondaFuse.Packing.Content;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>Writes a tree as a directory of the disk. What conda installed of an environment is linked into it where it can be: docs/decisions/0013.</summary>
internal static class DirectoryOutput
{
    /// <summary>Writes a tree into a directory beside the target, which takes its name when it is whole.</summary>
    public static PackedArchive Write(IReadableTree tree, string target, ArchiveTerms terms, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var whole = Path.GetFullPath(target);
        var temporary = ArchiveFile.TemporaryName(whole);
        var meter = progress is null ? null : new ExtractionProgress(tree.Totals, progress);
        try
        {
            var options = new ExtractOptions { Threads = terms.Threads, KeepOwners = false, Links = tree as PackedTree };
            var result = Extractor.Extract(tree, Path.Combine(temporary, terms.ArcRoot), options, meter, cancellation);
            if (Directory.Exists(whole))
            {
                Remove(whole);
            }

            Directory.Move(temporary, whole);
            return new PackedArchive(result.ContentBytes, result.ContentBytes, result.Counts.Total, result.Warnings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformException)
        {
            throw ArchiveFile.Failure(exception, target);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Remove(temporary);
            }
        }
    }

    private static void Remove(string directory)
    {
        using (var handle = EntryOpening.Directory(directory))
        {
            EntryRemoval.Below(handle);
        }

        Directory.Delete(directory);
    }

    private sealed class ExtractionProgress(TreeTotals totals, IProgress<PackProgress> progress) : IProgress<long>
    {
        private long _files;

        public void Report(long value)
        {
            var files = Interlocked.Increment(ref _files);
            var known = totals.Entries > 0;
            progress.Report(new PackProgress(files, value, value, known ? totals.Entries : files, known ? totals.StoredBytes : value, known));
        }
    }
}
