using CondaFuse.Compression;
using CondaFuse.Images.Zip.Writing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip;

/// <summary>
/// Writes trees as zip archives with a private record, readable by fuse-zip, unzip, 7z and Python's zipfile. Hard links have the whole content, for
/// readers that do not support them.
/// </summary>
public static class ZipWriter
{
    /// <summary>The levels of deflate; 0 disables compression.</summary>
    public static LevelRange Levels => RawDeflateCompressor.Levels with { Lowest = 0 };

    /// <summary>
    /// Writes a tree. The target is created or replaced only when the whole archive is on its storage; after a failure, it is unchanged. If it is a
    /// symlink, the symlink's target is replaced. The same tree and options give the same bytes, with any number of threads.
    /// </summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="target">The archive's file.</param>
    /// <param name="options">The settings. The level is one of <see cref="Levels"/>; compressor, block size and exact times are ignored.</param>
    /// <param name="allowsZip64">Whether to allow features that old programs cannot read: sizes of 4 GiB, 65535 entries. Otherwise such an archive
    /// fails.</param>
    /// <param name="progress">Receives the progress, some thousand times; must return quickly.</param>
    /// <param name="cancellation">Cancels and removes the temporary file.</param>
    /// <exception cref="TreeException">An entry of the source cannot be read (the message names it) or stored, or the target cannot be
    /// written.</exception>
    /// <exception cref="ArgumentException">The options contradict the format.</exception>
    public static PackResult Write(
        IReadableTree source, string target, PackOptions options, bool allowsZip64 = true, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Write(source, () => StorageFailures.BeginAt(target), options, allowsZip64, progress, cancellation);

    /// <summary>Writes a tree as above, into a folder.</summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The archive's file in it: a symlink of that name is replaced.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress; must return quickly.</param>
    /// <param name="cancellation">Cancels and removes the temporary file.</param>
    /// <exception cref="TreeException">As above.</exception>
    public static PackResult Write(
        IReadableTree source, IStorageFolder folder, string name, PackOptions options, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Write(source, () => StorageFailures.Begin(folder, name, options.Rights), options, allowsZip64: true, progress, cancellation);

    private static PackResult Write(
        IReadableTree source, Func<ReplacementFile> begin, PackOptions options, bool allowsZip64, IProgress<PackProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        var level = options.Level ?? Levels.Default;
        if (!Levels.Contains(level))
        {
            throw new ArgumentException($"Zip archives have no level {level}.", nameof(options));
        }

        using var output = new NewFile(begin());
        var plan = new ZipSourceWalk(source, options, known: null, keepsNumbers: false, cancellation).Run();
        var entries = new EntryOutput(output, options.ChangeTimes, allowsZip64);
        new ArchiveContent(source, plan, output, entries, known: null, progress).Write(level, options.Threads, cancellation);
        var facts = new ArchiveMetadata
        {
            Identity = options.Continues?.Identity,
            Generation = (options.Continues?.Generation ?? 0) + 1,
            Time = options.ModificationTime ?? Newest(plan),
            Message = options.Message,
            ChangeTimes = options.ChangeTimes,
        };
        var table = options.PrefixTable?.Invoke(plan.NumberOf, cancellation);
        var identity = new ArchiveEnd(output, plan).Write(entries, table, facts, [], allowsZip64);
        cancellation.ThrowIfCancellationRequested();
        var length = output.Position;
        output.Publish();
        return new PackResult(length, plan.ContentBytes, plan.Counts, plan.Entries.Count, 0, identity, plan.Warnings);
    }

    private static Timestamp Newest(WritingPlan plan) =>
        plan.Entries.Select(entry => entry.Attributes.Modified).Append(plan.Root.Modified).MaxBy(time => (time.Seconds, time.Nanoseconds));
}
