using CondaFuse.Helper.Output;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// Mounts that activations make inside a Slurm job, at a mount point of the step: another job's mount ends with that job. They are read-only,
/// because the first change at another prefix would move the environment there. <c>run</c> has a namespace instead (<see cref="JobRun"/>).
/// </summary>
internal static class JobMount
{
    /// <summary>Where to mount an environment for this step; null outside of jobs, and where the step shares a namespace.</summary>
    /// <param name="session">The variables and paths.</param>
    /// <param name="subject">The environment.</param>
    public static string? DirectoryOf(Session session, string subject) =>
        JobRun.Applies(session) && EnvironmentName.IsValid(subject) && session.Catalog.Find(EnvironmentName.Parse(subject)) is not null
        && Identity.IsInitialNamespace
            ? Path.Combine(session.Layout.MountRoot, Layout.JobFolderPrefix + JobRun.JobOf(session.Variable), subject)
            : null;

    /// <summary>Mounts an environment where this step should use it.</summary>
    public static MountPlan Mount(Session session, string subject)
    {
        if (DirectoryOf(session, subject) is not { } directory)
        {
            return MountCommand.Mount(session, subject, directory: null).Plan;
        }

        Sweep(session);
        var (plan, outcome) = MountCommand.Mount(session, subject, directory, readOnly: true);
        if (outcome != MountOutcome.AlreadyMounted)
        {
            Message.Error(
                $"'{subject}' is mounted read-only for this job step", $"condafuse run {ShellArgument.Of(subject)} -- COMMAND can change it");
        }

        return plan;
    }

    /// <summary>Removes mounts whose servers ended with their jobs.</summary>
    private static void Sweep(Session session)
    {
        var root = $"{CanonicalPath.Resolve(session.Layout.MountRoot)}/{Layout.JobFolderPrefix}";
        foreach (var mount in LiveMounts.Read(session.Layout).All()
            .Where(mount => mount.Entry.MountPoint.StartsWith(root, StringComparison.Ordinal) && mount.IsDead))
        {
            try
            {
                session.Unmounter.Unmount(mount.Entry.MountPoint, new UnmountOptions(TimeSpan.Zero, Lazy: true), _ => { });
                Directory.Delete(mount.Entry.MountPoint);
                Directory.Delete(Path.GetDirectoryName(mount.Entry.MountPoint)!);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException or MountException)
            {
                // Another task removes it, or another environment is still mounted beside it.
            }
        }
    }
}
