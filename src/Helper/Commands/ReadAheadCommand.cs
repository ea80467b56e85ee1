using CondaFuse.Helper.Output;
using CondaFuse.Store;
using CondaFuse.Store.FirstUse;

namespace CondaFuse.Helper.Commands;

/// <summary>Reads ahead on a mount what was used first of its archive; <see cref="ReadAheadProcess"/> starts it, no person does.</summary>
internal static class ReadAheadCommand
{
    /// <summary>Reads, with the words that the server gives: mount point, the archive's identity, runtime directory.</summary>
    public static int Run(Session session, IReadOnlyList<string> words)
    {
        if (words is not [var mountPoint, var identity, var runtime] || !Guid.TryParse(identity, out var archive))
        {
            return (int)ExitCode.Usage;
        }

        var layout = session.WithRuntime(runtime).Layout;
        var list = new FirstUseFile(layout, archive);
        var reading = new ReadAhead(mountPoint, session.Clock);
        var start = session.Clock.GetTimestamp();
        var isWhole = reading.Run(list.Read());
        Terminal.Error.WriteLine(
            $"{session.Clock.GetUtcNow():O} read ahead: {reading.Files} files, {reading.Bytes} bytes in {session.Clock.GetElapsedTime(start).TotalMilliseconds:F0} ms{(isWhole ? "" : ", not to the end")}");
        if (isWhole && reading.HasGone && LiveMounts.Read(layout).At(mountPoint) is { IsDead: false })
        {
            list.Forget(reading.IsGone);
        }

        return (int)ExitCode.Success;
    }
}
