using CondaFuse.Images.Zip.Committing;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Images.Zip.Writing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip;

/// <summary>
/// Commits changes to zip archives: writes a new file beside the archive, copying unchanged entries in compressed form, syncs it, and renames it to
/// the archive. Until then the archive is unchanged; processes that have it open keep the old content.
/// </summary>
public static class ZipCommit
{
    /// <summary>Replaces an archive by its changed tree.</summary>
    /// <param name="folder">The archive's folder.</param>
    /// <param name="name">The archive's file in it, not a symlink.</param>
    /// <param name="tree">The archive's tree with changes; it must not change meanwhile.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress; must return quickly.</param>
    /// <param name="cancellation">Cancels; the archive is unchanged then.</param>
    /// <exception cref="TreeException">Nothing has changed: <see cref="TreeFailure.NoSpace"/>, <see cref="TreeFailure.QuotaExceeded"/>,
    /// <see cref="TreeFailure.Storage"/>, <see cref="TreeFailure.ReadOnly"/> (the folder is not writable), <see cref="TreeFailure.Exists"/> (it has
    /// another state than expected).</exception>
    public static CommitResult Write(
        IStorageFolder folder, string name, ILayeredTree tree, CommitOptions options, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var path = Path.Combine(folder.Path, name);
        using var file = Open(folder, name, path);
        using var archive = ZipTree.Open(new ImageFile(file, path));
        var shown = archive.Record?.Info ?? new GenerationInfo(ZipIdentity.Of(archive.File, archive.End), 0, MergedSegment: null);
        if (options.Expected is { } expected && (expected.Identity, expected.Generation) != (shown.Identity, shown.Generation))
        {
            throw new TreeException(
                TreeFailure.Exists,
                $"{path}: the archive shows generation {shown.Generation} of {shown.Identity}, the changes build on generation "
                + $"{expected.Generation} of {expected.Identity}.");
        }

        if (tree.Base is ZipTree { Record: { } before } && archive.Record is { } now
            && (before.Raw.Seconds, before.Raw.Nanoseconds, before.MergedSegment) != (now.Raw.Seconds, now.Raw.Nanoseconds, now.MergedSegment))
        {
            throw new TreeException(
                TreeFailure.Exists,
                $"{path}: the archive shows another generation {shown.Generation} than the one that the changes were made on: "
                + "a copy with a different history was put there.");
        }

        var packing = new PackOptions { Threads = options.Threads };
        var known = new ArchiveContents(tree, archive);
        var plan = new ZipSourceWalk(tree, packing, known, keepsNumbers: true, cancellation).Run();
        var difference = ArchiveDifference.Of(tree, archive, plan, known);
        RemoveLeftovers(folder, name, path);
        using var output = new NewFile(StorageFailures.Begin(folder, name, file.Rights));
        var kept = new KeptEntries(tree, archive, plan);
        kept.CopyTo(output, file, cancellation);
        var start = output.Position;
        var entries = new EntryOutput(output, changeTimes: true, allowsWide: true);
        new ArchiveContent(tree, plan, output, entries, known, progress)
            .Write(options.Level ?? ZipWriter.Levels.Default, options.Threads, cancellation);
        var dataBytes = output.Position - start;
        var segment = options.MergedSegment ?? shown.MergedSegment;
        var facts = new ArchiveMetadata
        {
            Identity = shown.Identity,
            Generation = shown.Generation + 1,
            Time = options.Time,
            Message = options.Message,
            MergedSegment = segment ?? Guid.Empty,
            HighestInode = (uint)Math.Min(uint.MaxValue, Math.Max(tree.HighestInode, archive.HighestInode)),
            Difference = difference,
            ChangeTimes = true,
        };
        var comment = new byte[archive.End.CommentBytes];
        archive.File.Read(archive.End.Comment, comment);
        var table = options.PrefixTable?.Invoke(number => number, cancellation);
        new ArchiveEnd(output, plan).Write(entries, table, facts, comment, allowsWide: true);
        cancellation.ThrowIfCancellationRequested();
        var length = output.Position;
        output.Publish();
        return new CommitResult(
            new GenerationInfo(shown.Identity, facts.Generation, segment), difference, length, length - file.Length, dataBytes, 0, plan.Warnings);
    }

    private static IStorageFile Open(IStorageFolder folder, string name, string path)
    {
        try
        {
            return folder.Open(name, StorageAccess.Read);
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, path);
        }
    }

    /// <summary>Removes the leftovers of killed commits: only the holder of the write lock creates such files.</summary>
    private static void RemoveLeftovers(IStorageFolder folder, string name, string path)
    {
        try
        {
            foreach (var file in folder.List().Where(file => ReplacementFile.IsNameFor(file, name)))
            {
                folder.Remove(file);
            }
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, path);
        }
    }
}
