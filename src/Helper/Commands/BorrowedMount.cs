using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>An environment that is mounted while a command reads it. A mount that was not there before is unmounted at the end.</summary>
internal sealed class BorrowedMount : IDisposable
{
    private readonly Session _session;
    private readonly bool _wasMounted;

    /// <summary>Mounts an environment, or an image, unless it is mounted.</summary>
    public BorrowedMount(Session session, string subject)
    {
        _session = session;
        (Plan, var outcome) = MountCommand.Mount(session, subject, directory: null);
        _wasMounted = outcome == MountOutcome.AlreadyMounted;
    }

    /// <summary>The mount.</summary>
    public MountPlan Plan { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_wasMounted && LiveMounts.Read(_session.Layout).At(Plan.MountPoint) is not null)
        {
            _session.Unmounter.Unmount(Plan.MountPoint, new UnmountOptions(TimeSpan.FromSeconds(1), Lazy: true) { KeepsChanges = true }, _ => { });
        }
    }
}
