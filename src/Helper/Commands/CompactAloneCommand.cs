using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Committing;

namespace CondaFuse.Helper.Commands;

/// <summary>A compaction that nobody asked for and nobody waits for; <see cref="CompactionLauncher"/> starts it, no person does.</summary>
internal static class CompactAloneCommand
{
    /// <summary>Compacts, with the words that the launcher gives: archive, runtime directory.</summary>
    public static int Run(Session session, IReadOnlyList<string> words)
    {
        if (words is not [var image, var runtime])
        {
            return (int)ExitCode.Usage;
        }

        Priority.Lower();
        Directory.SetCurrentDirectory("/");
        using var interrupt = new InterruptSource();
        if (Retention.Policy(session) is { } policy
            && new BackgroundCompaction(session.WithRuntime(runtime).Layout, Session.Writer, session.Clock, policy).Run(image, interrupt.Token) is { } result)
        {
            Terminal.Error.WriteLine($"{session.Clock.GetUtcNow():O} compacted {image} from {result.BytesBefore} to {result.ImageBytes} bytes; generations {string.Join(", ", result.Kept)} remain");
        }

        return (int)ExitCode.Success;
    }
}
