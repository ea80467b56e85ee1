using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.FirstUse;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>
/// A command that the user has run once in a new environment, so that what it reads first is stored together (docs/decisions/0023).
/// </summary>
/// <param name="session">The variables.</param>
/// <param name="name">The environment.</param>
/// <param name="command">The command, for a shell.</param>
internal sealed class Trial(Session session, EnvironmentName name, string command)
{
    /// <summary>Checks before conda works for minutes that it will be possible.</summary>
    /// <exception cref="StoreException">Why not.</exception>
    public void DemandPossible(ArchiveFormat format)
    {
        if (format == ArchiveFormat.Zip)
        {
            throw new StoreException(StoreFault.BadName, "--try orders the content of the archive, which is not possible with zip");
        }

        if (session.Mounter.ReasonAgainst is { } reason)
        {
            throw new StoreException(StoreFault.Unsupported, $"--try needs a mount: {reason}");
        }
    }

    /// <summary>Mounts the archive read-only, runs the command, unmounts and repacks the archive. If the command fails, only warns.</summary>
    /// <param name="result">The result of packing it.</param>
    /// <param name="asJson">Whether standard output is for JSON.</param>
    /// <returns>The result of packing it again.</returns>
    public PackResult Run(PackResult result, bool asJson)
    {
        var (plan, _) = MountCommand.Mount(session, name.Value, directory: null, readOnly: true);
        var code = ForegroundChild.Run(() => Start(plan.Prefix, asJson));
        session.Unmounter.Unmount(plan.MountPoint, new UnmountOptions(TimeSpan.FromSeconds(10), Lazy: false), _ => { });
        if (code != 0)
        {
            Message.Warning($"the command of --try failed with exit code {code}; the archive is ordered by rule");
            return result;
        }

        if (new FirstUseFile(session.Layout.FirstUseFile(GenerationInfo.Read(plan.Archive).Identity)).Read().Count == 0)
        {
            Message.Warning("the command of --try read no file of the environment, or recording is off; the archive is ordered by rule");
            return result;
        }

        var outcome = CompactCommand.Compact(session, session.Catalog.Get(name), kept: null, always: true, Environment.ProcessorCount);
        return result with { ImageBytes = outcome.Bytes };
    }

    private ChildProcess Start(string prefix, bool asJson)
    {
        var inside = new CommandInEnvironment(session, prefix, ["/bin/sh", "-c", command]);
        return ChildProcess.Start(new SpawnRequest
        {
            Program = inside.Shell,
            Arguments = inside.ShellArguments,
            Environment = inside.Environment,
            Descriptors = asJson ? new Dictionary<int, SafeFileHandle> { [1] = Terminal.ErrorHandle } : [],
        });
    }
}
