using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Retention;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Compacts an archive that nobody uses, without delaying anyone: the write lock is held only during the rename. It gives up if the archive is
/// mounted or changed meanwhile, or another process on this host has its file open.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
/// <param name="policy">Which generations to keep.</param>
public sealed class BackgroundCompaction(Layout layout, WriterIdentity self, TimeProvider clock, RetentionPolicy policy)
{
    /// <summary>
    /// How often, and how long each time, it waits for a process that has the file open: the server that started this may not have ended.
    /// </summary>
    private const int LastReaderWaits = 20;

    private static readonly TimeSpan LastReaderWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether this process can tell that no other process reads an archive: true for the file's owner on local file systems.</summary>
    /// <param name="image">Canonical path of the archive.</param>
    /// <exception cref="PlatformException">It cannot be determined.</exception>
    public static bool IsPossible(string image)
    {
        var folder = Path.GetDirectoryName(image)!;
        using var handle = EntryOpening.Directory(folder);
        using var lease = new HandleLease(handle);
        return FileSystems.IsLocal(folder)
            && (Identity.IsRoot || FileStatus.Of(lease, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(image))).UserId == Identity.UserId);
    }

    /// <summary>Compacts the archive if that is worthwhile and no other process interferes.</summary>
    /// <param name="image">The archive.</param>
    /// <param name="cancellation">Cancels; the archive is unchanged then.</param>
    /// <returns>Null if it gave up: it has not changed the archive.</returns>
    /// <exception cref="Tree.TreeException">The storage failed, or the archive is damaged: it is unchanged.</exception>
    public CompactionResult? Run(string image, CancellationToken cancellation)
    {
        var state = ArchiveState.Read(layout, image);
        if (state.Place.IsPersonal || FindKept(state.Image) is not { } kept || FileIdentity.TryOf(state.Image) is not { } file)
        {
            return null;
        }

        PartialFiles.RemoveOf(state.Image);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(state.Image)!);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var options = new CompactionOptions
        {
            Threads = 1, Numbers = kept, Publishing = () => Begin(state, file),
        };
        try
        {
            return folder is null || !HasRoom(folder, state.Image)
                ? null
                : SquashFsCompaction.KeepNewest(
                    folder, Path.GetFileName(state.Image), options, new MountWatch(layout, state.Image, clock, stop), stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The numbers of the generations to keep; null if too little would be freed. Exact, unlike the estimate at the commit.</summary>
    private IReadOnlySet<long>? FindKept(string image)
    {
        var plan = HistoryPlan.Read(image, policy, clock.GetUtcNow().ToUnixTimeSeconds());
        return plan.Removed.Count > 0
            && HistoryPlan.IsWorth(SquashFsCompaction.UnneededBytes(image, plan.Kept, threads: 1), new FileInfo(image).Length)
            ? plan.Kept
            : null;
    }

    /// <summary>The write lock for replacing the archive's file, until disposed.</summary>
    /// <exception cref="OperationCanceledException">Another process uses it, or it is no longer the file that was read.</exception>
    private CompactionClaim Begin(ArchiveState state, FileIdentity file)
    {
        for (var waits = 0; waits < LastReaderWaits && !IsMounted(layout, state.Image); waits++)
        {
            if (TryBegin(state, file) is { } right)
            {
                return right;
            }

            Thread.Sleep(LastReaderWait);
        }

        throw new OperationCanceledException();
    }

    /// <summary>The same; null if another process has the file open.</summary>
    private CompactionClaim? TryBegin(ArchiveState state, FileIdentity file)
    {
        state.Place.Files.Make().Dispose();
        if (WriterClaim.TryTakeBriefly(state.Place.Files, self, new KernelLocks(), clock) is not { } claim)
        {
            throw new OperationCanceledException();
        }

        var right = new CompactionClaim(state.Place, claim);
        try
        {
            if (FileIdentity.TryOf(state.Image) != file || GenerationInfo.Read(state.Image) != state.Version)
            {
                throw new OperationCanceledException();
            }

            right.Alone = ExclusiveLease.TryTake(state.Image);
            return right.Alone is null ? null : right;
        }
        finally
        {
            if (right.Alone is null)
            {
                right.Dispose();
            }
        }
    }

    /// <summary>Whether there is so much free space that other processes will not run out of it meanwhile.</summary>
    private static bool HasRoom(IStorageFolder folder, string image) => folder.Space.AvailableBytes / 2 >= new FileInfo(image).Length;

    private static bool IsMounted(Layout layout, string image) => LiveMounts.Read(layout).All().Any(mount => mount.Archive == image);

    private sealed class CompactionClaim(LayerLocation place, WriterClaim claim) : IDisposable
    {
        public ExclusiveLease? Alone { get; set; }

        public void Dispose()
        {
            Alone?.Dispose();
            place.RemoveIfEmpty();
            claim.Dispose();
        }
    }

    /// <summary>Cancels when the archive is mounted.</summary>
    private sealed class MountWatch(Layout layout, string image, TimeProvider clock, CancellationTokenSource stop) : IProgress<long>
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

        private long _looked = clock.GetTimestamp();

        public void Report(long value)
        {
            if (clock.GetElapsedTime(_looked) < Interval)
            {
                return;
            }

            _looked = clock.GetTimestamp();
            if (IsMounted(layout, image))
            {
                stop.Cancel();
            }
        }
    }
}
