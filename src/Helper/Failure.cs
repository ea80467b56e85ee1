using CondaFuse.Images;
using CondaFuse.Mounts;
using CondaFuse.Packing;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper;

/// <summary>Turns a failure into a sentence and an exit code: the one place that does.</summary>
internal static class Failure
{
    public static ExitCode Report(Exception failure)
    {
        Console.Error.WriteLine($"condafuse: {Sentence(failure)}");
        if (failure is MountBusyException busy)
        {
            Output.HolderList.Write(Console.Error, busy.Holders);
        }

        return Code(failure);
    }

    public static string Sentence(Exception failure) => failure switch
    {
        OperationCanceledException => "interrupted",
        StoreException or PackingException or MountException or TreeException or PlatformException or IOException or UnauthorizedAccessException => failure.Message,
        _ => $"internal error, please report it: {failure.GetType().Name}: {failure.Message}",
    };

    public static ExitCode Code(Exception failure) => failure switch
    {
        OperationCanceledException => ExitCode.Interrupted,
        ServerStartException start => (ExitCode)start.ExitCode,
        StoreException store => Code(store.Fault),
        PackingException { Fault: PackingFault.NotAnEnvironment } => ExitCode.NotFound,
        MountException { Fault: MountFault.NoDevice or MountFault.NoFusermount } => ExitCode.NotPossibleHere,
        MountException { Fault: MountFault.Busy } => ExitCode.Busy,
        ImageException { Fault: ImageFault.NoGeneration } => ExitCode.NotFound,
        TreeException { Failure: TreeFailure.Corrupt or TreeFailure.Unsupported } => ExitCode.Corrupt,
        FileNotFoundException or DirectoryNotFoundException => ExitCode.NotFound,
        _ => ExitCode.Failed,
    };

    private static ExitCode Code(StoreFault fault) => fault switch
    {
        StoreFault.BadName => ExitCode.Usage,
        StoreFault.NotFound => ExitCode.NotFound,
        StoreFault.AlreadyExists => ExitCode.AlreadyExists,
        StoreFault.Busy => ExitCode.Busy,
        StoreFault.Conda => ExitCode.Conda,
        StoreFault.Unsupported => ExitCode.NotPossibleHere,
        _ => ExitCode.Failed,
    };
}
