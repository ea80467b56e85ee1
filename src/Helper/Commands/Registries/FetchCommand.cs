using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Registry.Fetching;

namespace CondaFuse.Helper.Commands.Registries;

/// <summary>The process that reads from registries; started by <see cref="CondaFuse.Images.Remote.FetcherClient"/>, not by users.</summary>
internal static class FetchCommand
{
    /// <summary>Fetches for those who ask, with the argument of who starts it: the runtime folder.</summary>
    public static int Run(Session session, IReadOnlyList<string> words)
    {
        if (words is not [var runtime])
        {
            return (int)ExitCode.Usage;
        }

        ServerProcessSettings.Apply();
        Directory.SetCurrentDirectory("/");
        using var folder = PrivateFolder.OpenOrMake(runtime);
        using var holding = FileLock.HoldAgainstAgeing(folder);
        using var fetcher = new Fetcher(folder, session.Clock) { Log = text => Terminal.Error.WriteLine($"{session.Clock.GetUtcNow():O} {text}") };
        fetcher.Run();
        return (int)ExitCode.Success;
    }
}
