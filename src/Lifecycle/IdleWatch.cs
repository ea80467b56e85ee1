using CondaFuse.Mounts;
using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Lifecycle;

/// <summary>Does what <see cref="Idleness"/> says, on a separate thread.</summary>
internal sealed class IdleWatch(ServerSetup setup, Supervisor supervisor, Func<long> requests)
{
    private const int StackBytes = 256 << 10;
    private readonly Lock _unmounting = new();

    /// <summary>Starts the thread.</summary>
    public static IdleWatch Start(ServerSetup setup, TimeSpan limit, Supervisor supervisor, Func<long> requests)
    {
        var watch = new IdleWatch(setup, supervisor, requests);
        new Thread(() => watch.Run(limit), StackBytes) { IsBackground = true, Name = "idle" }.Start();
        return watch;
    }

    /// <summary>Waits until an unmount that it began has removed the mount point: the process must not end before.</summary>
    public void WaitForUnmount()
    {
        lock (_unmounting)
        {
        }
    }

    private static TimeSpan Now => TimeSpan.FromMilliseconds(Environment.TickCount64);

    private void Run(TimeSpan limit)
    {
        var state = new IdleState(limit, Now, requests());
        var happened = IdleEvent.Tick;
        while (true)
        {
            (state, var action, var wait) = Idleness.Step(state, happened, Now, requests());
            happened = IdleEvent.Tick;
            if (action == IdleAction.Wait)
            {
                Thread.Sleep(wait);
            }
            else if (action == IdleAction.Look)
            {
                happened = IsUsed() ? IdleEvent.Used : IdleEvent.Unused;
            }
            else if (TryUnmount())
            {
                return;
            }
            else
            {
                happened = IdleEvent.NotUnmounted;
            }
        }
    }

    private bool IsUsed()
    {
        try
        {
            return new ActiveShells(setup.Layout.Runtime).Using(setup.Plan.MountPoint).Count > 0 || MountHolder.Find(setup.Plan.MountPoint).Count > 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException)
        {
            setup.Log.Write($"idle: {failure.Message}");
            return true;
        }
    }

    /// <summary>Commits and unmounts, unless another command is mounting or unmounting here, or the kernel knows a user.</summary>
    private bool TryUnmount()
    {
        lock (_unmounting)
        {
            try
            {
                using var mutex = setup.Layout.TryLockMountPoint(setup.Plan.MountPoint);
                return mutex is not null && TryUnmountLocked();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException or MountException)
            {
                setup.Log.Write($"idle: {failure.Message}");
                return false;
            }
        }
    }

    private bool TryUnmountLocked()
    {
        var reply = supervisor.Unmount(new UnmountRequest(IsLazy: false, KeepsChanges: false, CommitsFirst: true, setup.Threads));
        var isOver = reply.Outcome is UnmountOutcome.Ended or UnmountOutcome.StillShown;
        setup.Log.Write(isOver ? "unmounted: nobody used it for the time in CONDA_FUSE_IDLE" : $"not unmounted: {reply.Failure ?? "it is in use"}");
        if (isOver)
        {
            new Unmounter(setup.Layout, setup.Mounter, setup.Clock).RemoveMountPoint(setup.Plan.MountPoint);
        }

        return isOver;
    }
}
