using System.Text;
using CondaFuse.Images;
using CondaFuse.Packing.Content;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>Writes a tree as a directory on disk. Files that conda installed are hard-linked if possible: docs/decisions/0013.</summary>
internal static class DirectoryOutput
{
    /// <summary>Writes a tree into a directory beside the target, which is renamed when it is complete.</summary>
    public static PackedArchive Write(
        IReadableTree tree, string target, ArchiveSettings settings, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        var temporary = ReplacementFile.NameFor(Path.GetFileName(whole));
        var meter = progress is null ? null : new ExtractionProgress(tree.Totals, progress);
        try
        {
            var above = Path.GetDirectoryName(whole)!;
            using var folder = EntryOpening.Directory(above);
            using var lease = new HandleLease(folder);
            try
            {
                var options = new ExtractOptions { Threads = settings.Threads, KeepOwners = false, Links = tree as PackedTree };
                var result = Extractor.Extract(tree, Path.Combine(above, temporary, settings.ArcRoot), options, meter, cancellation);
                Remove(lease, Path.GetFileName(whole));
                EntryCreation.Rename(lease, Bytes(temporary), Bytes(Path.GetFileName(whole)));
                return new PackedArchive(result.ContentBytes, result.ContentBytes, result.Counts.Total, result.Warnings);
            }
            catch
            {
                Remove(lease, temporary);
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformException)
        {
            throw ArchiveFile.Failure(exception, target);
        }
    }

    /// <summary>Removes a directory if it exists. A symlink of that name is not followed.</summary>
    private static void Remove(HandleLease folder, string name)
    {
        try
        {
            EntryRemoval.Directory(folder, Bytes(name));
        }
        catch (PlatformException exception) when (exception.Errno == Errno.ENOENT)
        {
            // It is gone, which was the goal.
        }
    }

    private static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(name);

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
