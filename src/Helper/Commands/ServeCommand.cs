using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Images.Remote;
using CondaFuse.Images.SquashFs;
using CondaFuse.Lifecycle;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Store.FirstUse;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary>The server of one mount; started by <see cref="ServerLauncher"/>, not by users.</summary>
internal static class ServeCommand
{
    /// <summary>Serves, with the launcher's arguments: archive, mount point, runtime directory, and whether to accept changes.</summary>
    public static int Run(Session session, IReadOnlyList<string> words) =>
        words is [var archive, var mountPoint, var runtime, var word, ..] && ServerLauncher.ParseMode(word) is var (readOnly, generation)
            ? Serve(
                session.WithRuntime(runtime),
                new MountPlan(archive, mountPoint, string.Empty, readOnly, generation)
                {
                    AllowOther = words.Skip(4).Contains(ServerLauncher.AllowOtherWord),
                },
                words.Skip(4).Contains(ServerLauncher.LifelineWord))
            : (int)ExitCode.Usage;

    private static int Serve(Session session, MountPlan plan, bool hasLifeline)
    {
        using var readiness = new FileStream(new SafeFileHandle(ServerLauncher.ReadinessDescriptor, ownsHandle: true), FileAccess.Write);
        var limits = ServerProcessSettings.Apply();
        Directory.SetCurrentDirectory("/");
        try
        {
            var self = Session.Writer;
            using var started = new ServerThreads();
            if (PreparedServer.ReadPrefix() is not { } prefix)
            {
                return (int)ExitCode.Success;
            }

            var isReported = false;
            var setup = Setup(
                session, plan with { Prefix = prefix }, self,
                report =>
                {
                    Say(readiness, (report with { Notes = [.. report.Notes, .. Notes(limits)] }).Write());
                    Volatile.Write(ref isReported, true);
                });
            MountServer.Run(setup with
            {
                Started = started,
                EndProcess = () =>
                {
                    if (Volatile.Read(ref isReported))
                    {
                        ProcessEnd.Now();
                    }
                },
                Lifeline = hasLifeline ? new SafeFileHandle(ServerLauncher.LifelineDescriptor, ownsHandle: true) : null,
            });
            return (int)ExitCode.Success;
        }
        catch (Exception failure) when (!readiness.SafeFileHandle.IsClosed)
        {
            // The starter reads the reason; later failures go to the log (see Program).
            var words = failure is OutOfMemoryException ? TooLittleMemory : Failure.Sentence(failure);
            var hint = Failure.Hint(failure) is { } known ? $"\n{PrintableText.Of(known)}" : string.Empty;
            Say(readiness, $"{(int)Failure.Code(failure)} {PrintableText.Of(words)}{hint}");
            return (int)Failure.Code(failure);
        }
    }

    /// <summary>Why a server lacks memory, in words for a person.</summary>
    internal const string TooLittleMemory =
        "not enough memory for the server of this mount; if 'ulimit -v' limits it, 2000000 (2 GB) is enough";

    /// <summary>What a server needs, in whatever process it runs.</summary>
    /// <param name="session">The variables and paths.</param>
    /// <param name="plan">The mount.</param>
    /// <param name="self">This process, as one that may want to write.</param>
    /// <param name="sayReady">Told when the mount answers.</param>
    /// <param name="logOutput">Takes the log; null for standard error.</param>
    internal static ServerSetup Setup(
        Session session, MountPlan plan, WriterIdentity self, Action<StartReport> sayReady, LineOutput? logOutput = null)
    {
        var output = logOutput ?? Terminal.Error;
        var log = new SafeLog(text => output.WriteLine($"{session.Clock.GetUtcNow():O} {text}"));
        return new ServerSetup
        {
            Plan = plan,
            Layout = session.Layout,
            Mounter = session.Mounter,
            Self = self,
            Clock = session.Clock,
            Log = log,
            Threads = Environment.ProcessorCount,
            Idle = IdleTime.Read(session),
            Explain = Failure.Sentence,
            SayReady = sayReady,
            NewReadAhead = identity => FirstUseKeeping.For(session, plan, identity, log.Write),
            AfterCommit = () => CompactionAfterCommit.Begin(session, plan.Archive, plan.MountPoint),
        };
    }

    /// <summary>The consequences of remaining limits for a mount.</summary>
    internal static IEnumerable<string> Notes(IReadOnlyList<RemainingLimit> limits) => limits.Select(Describe);

    private static string Describe(RemainingLimit limit) => limit.Kind switch
    {
        LimitKind.FileSize =>
            $"'ulimit -f' limits files to {limit.Value} bytes: changes that need a longer file fail with \"File too large\"",
        LimitKind.ProcessorTime =>
            $"'ulimit -t' limits the server of this mount to {limit.Value} seconds of processor time: the kernel then ends it; changes are kept",
        _ => $"'ulimit -n' limits the server of this mount to {limit.Value} open files",
    };

    private static void Say(FileStream readiness, string text)
    {
        readiness.Write(Encoding.UTF8.GetBytes(text));
        readiness.Dispose();
    }
}

/// <summary>Prefetches the first-used parts of an archive on a mount; started by <see cref="ReadAheadProcess"/>, not by users.</summary>
internal static class ReadAheadCommand
{
    /// <summary>After this time, the process that needs the content has read it itself.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Prefetches, with the server's arguments: mount point, archive, the archive's identity, runtime directory.</summary>
    public static int Run(Session session, IReadOnlyList<string> words)
    {
        if (words is not [var mountPoint, var archive, var text, var runtime] || !Guid.TryParse(text, out var identity))
        {
            return (int)ExitCode.Usage;
        }

        var layout = session.WithRuntime(runtime).Layout;
        var list = new FirstUseFile(layout.FirstUseFile(identity));
        var recorded = list.Read();
        var reading = new ReadAhead(mountPoint, session.Clock);
        var start = session.Clock.GetTimestamp();
        var stored = 0L;
        try
        {
            var zipParts = new StoredUse(new FirstUseFile(layout.StoredUseFile(identity)));
            stored = ReadArchive(archive, recorded, zipParts, () => session.Clock.GetElapsedTime(start) > Longest);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or TreeException)
        {
            Terminal.Error.WriteLine($"{session.Clock.GetUtcNow():O} read ahead: {archive}: {failure.Message}");
        }

        var isWhole = recorded.Count == 0 || reading.Run(recorded);
        Terminal.Error.WriteLine(
            $"{session.Clock.GetUtcNow():O} read ahead: {reading.Files} files, {reading.Bytes} bytes, and {stored} bytes of the archive in "
            + $"{session.Clock.GetElapsedTime(start).TotalMilliseconds:F0} ms{(isWhole ? "" : ", not to the end")}");
        if (isWhole && reading.HasGone && LiveMounts.Read(layout).At(mountPoint) is { IsDead: false })
        {
            list.Forget(reading.IsGone);
        }

        return (int)ExitCode.Success;
    }

    /// <summary>
    /// Reads the archive's own parts in long pieces, so that they are in the page cache when the server needs them. The list in an image is not
    /// trusted, and used for nothing else.
    /// </summary>
    /// <returns>Bytes read.</returns>
    private static long ReadArchive(string archive, IReadOnlyList<UsedRange> recorded, StoredUse zipParts, Func<bool> isEnough)
    {
        if (RemoteDescription.IsOne(archive))
        {
            using var remote = RemoteFile.Open(archive);
            return ReadImage(archive, recorded, parts => remote.Fetch(parts, isEnough));
        }

        using var prefetch = new ArchivePrefetch(archive);
        if (!ImageTree.HasGenerations(archive))
        {
            return prefetch.Read(zipParts.PartsOf(prefetch.Length), isEnough);
        }

        return ReadImage(archive, recorded, parts => prefetch.Read(parts, isEnough));
    }

    private static long ReadImage(string archive, IReadOnlyList<UsedRange> recorded, Func<IReadOnlyList<StoredRange>, long> read)
    {
        using var image = SquashFsTree.Open(archive);
        var tables = read(ImageParts.Tables(image));
        return tables + read(ImageParts.Of(image, recorded.Count > 0 ? recorded : image.ReadFirstUses() ?? []));
    }
}
