using CondaFuse.Compression;
using CondaFuse.EnvironmentFiles;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Mounts;
using CondaFuse.Packing;
using CondaFuse.Platform;
using CondaFuse.Registry;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper;

/// <summary>The only place that turns a failure into a message and an exit code.</summary>
internal static class Failure
{
    /// <summary>Writes messages and, for scripts, JSON.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="json">Whether the command's output is JSON.</param>
    public static ExitCode Report(Exception failure, bool json = false)
    {
        if (json)
        {
            try
            {
                JsonOutput.WriteError(Code(failure), Sentence(failure), Hint(failure), PathOf(failure));
            }
            catch (IOException)
            {
                // The failure may concern standard output itself; the message says so.
            }
        }

        if (failure is PackingException packing)
        {
            Terminal.Error.WriteLines($"condafuse: {packing.Message}");
        }
        else
        {
            Message.Error(Sentence(failure), Hint(failure));
        }

        if (failure is MountBusyException busy)
        {
            HolderList.Write(Terminal.Error, busy.Holders);
        }

        return Code(failure);
    }

    /// <summary>The message; for a full disk, with advice.</summary>
    public static string Sentence(Exception failure)
    {
        var text = Text(failure);
        return IsDiskFull(failure)
            ? $"{WithoutPartialEndings(text)}; existing files are unchanged"
            : text;
    }

    /// <summary>What the user can do next; null if nothing is known.</summary>
    public static string? Hint(Exception failure) => failure switch
    {
        StoreException { Hint: { } hint } => hint,
        MountException { Hint: { } hint } => hint,
        EnvironmentFileException { Hint: { } hint } => hint,
        RegistryException { Hint: { } hint } => hint,
        ImageException { Fault: ImageFault.Truncated or ImageFault.BytesUsed } => "copy the file again, or restore it from a backup",
        ImageException
        {
            Fault: not (ImageFault.NotAnImage or ImageFault.ReadFailed or ImageFault.Version or ImageFault.Compressor or ImageFault.NoGeneration),
        } => "condafuse verify NAME lists the damaged files; an earlier generation may be undamaged (condafuse log NAME)",
        _ when IsDiskFull(failure) => "free some space on that file system, or in your quota, and try again",
        _ => null,
    };

    /// <summary>The file that a failure is about; null if unknown.</summary>
    private static string? PathOf(Exception failure) => failure switch
    {
        StoreException { Path: { } path } => path,
        FileNotFoundException { FileName: { } path } => path,
        _ => null,
    };

    private static bool IsDiskFull(Exception? failure) =>
        failure is not null
        && (failure is TreeException { Failure: TreeFailure.NoSpace or TreeFailure.QuotaExceeded }
            || DiskFull.Is(failure)
            || IsDiskFull(failure.InnerException));

    /// <summary>
    /// A file has a temporary name until it is complete (with the extension <c>.converted.partial</c> or <c>.0123abcd.partial</c>); users know it by
    /// its final name.
    /// </summary>
    internal static string WithoutPartialEndings(string text)
    {
        const string ending = ".partial";
        for (var at = text.IndexOf(ending, StringComparison.Ordinal); at > 0; at = text.IndexOf(ending, at, StringComparison.Ordinal))
        {
            var dot = text.LastIndexOf('.', at - 1);
            var mark = text[(dot + 1)..at];
            var isOurs = dot >= 0 && (mark == "converted" || (mark.Length == 8 && mark.All(char.IsAsciiHexDigitLower)));
            (text, at) = isOurs ? (text.Remove(dot, at + ending.Length - dot), dot) : (text, at + ending.Length);
        }

        return text;
    }

    private static string Text(Exception failure) => failure switch
    {
        OperationCanceledException => "interrupted",
        StoreException or EnvironmentFileException or PackingException or MountException or TreeException or PlatformException or CodecException
            or RegistryException or IOException or UnauthorizedAccessException => SystemMessages.Plain(failure.Message),
        _ => $"internal error, please report it: {failure.GetType().Name}: {failure.Message}",
    };

    public static ExitCode Code(Exception failure) => failure switch
    {
        OperationCanceledException => ExitCode.Interrupted,
        ServerStartException start => (ExitCode)start.ExitCode,
        StoreException store => Code(store.Fault),
        EnvironmentFileException { Fault: EnvironmentFileFault.NotForThisMachine } => ExitCode.NotPossibleHere,
        EnvironmentFileException => ExitCode.Usage,
        PackingException { Fault: PackingFault.NotAnEnvironment } => ExitCode.NotFound,
        RegistryException registry => Code(registry.Fault),
        MountException { Fault: MountFault.NoDevice or MountFault.NoFusermount } => ExitCode.NotPossibleHere,
        MountException { Fault: MountFault.Busy } => ExitCode.Busy,
        ImageException { Fault: ImageFault.NoGeneration } => ExitCode.NotFound,
        TreeException { Failure: TreeFailure.Corrupt or TreeFailure.Unsupported } => ExitCode.Corrupt,
        CodecException => ExitCode.NotPossibleHere,
        FileNotFoundException or DirectoryNotFoundException or PlatformException { Errno: Errno.ENOENT } => ExitCode.NotFound,
        _ => ExitCode.Failed,
    };

    private static ExitCode Code(RegistryFault fault) => fault switch
    {
        RegistryFault.BadReference => ExitCode.Usage,
        RegistryFault.NotFound => ExitCode.NotFound,
        RegistryFault.Conflict => ExitCode.AlreadyExists,
        RegistryFault.Unsupported => ExitCode.NotPossibleHere,
        RegistryFault.Damaged or RegistryFault.Foreign => ExitCode.Corrupt,
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
        StoreFault.Interrupted => ExitCode.Interrupted,
        StoreFault.CannotRun => ExitCode.CannotRun,
        _ => ExitCode.Failed,
    };
}

/// <summary>Exit codes, documented in docs/exit-codes.md.</summary>
internal enum ExitCode
{
    Success = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    AlreadyExists = 4,
    Busy = 5,
    NotPossibleHere = 6,
    Corrupt = 7,
    Conda = 8,
    CannotRun = 127,
    Interrupted = 130,
}
