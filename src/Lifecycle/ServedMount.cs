using CondaFuse.Mounts;
using CondaFuse.Serving;
using CondaFuse.Serving.FirstUse;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Lifecycle;

/// <summary>A mount with all its parts: the open image, the FUSE device, the server's record, the prefetcher.</summary>
internal sealed class ServedMount : IServedMount, IDisposable
{
    private readonly ServerSetup _setup;
    private readonly IReadableTree _tree;
    private readonly ServedEnvironment? _environment;
    private readonly bool _isReadOnly;
    private readonly IReadAhead? _readAhead;
    private SafeFileHandle? _device;
    private ServerRecord? _record;
    private bool _isClosed;

    public ServedMount(ServerSetup setup, IReadableTree tree, ServedEnvironment? environment, bool isReadOnly)
    {
        (_setup, _tree, _environment, _isReadOnly) = (setup, tree, environment, isReadOnly);
        _readAhead = environment is null ? null : setup.NewReadAhead(environment.Identity);
    }

    public MountStatus Status => _environment?.Status ?? throw new StoreException(StoreFault.Server, "this mount is read-only");

    /// <summary>Records what is used first; null if that is disabled.</summary>
    public FirstUseRecorder? Recorder => _readAhead?.Recorder;

    /// <summary>The mount's device in the kernel's table.</summary>
    public string Device { get; private set; } = string.Empty;

    public SafeFileHandle DeviceHandle => _device!;

    /// <summary>Set before serving begins.</summary>
    public TreeServer? Server { get; set; }

    /// <summary>Runs after the server's starter was notified: for work that takes longer than the first replies.</summary>
    public Action? OnReady { get; set; }

    /// <summary>Mounts, and writes the record.</summary>
    public void Make(ServerRecord record)
    {
        var plan = _setup.Plan;
        _device = _setup.Mounter.Mount(new FuseMountRequest(plan.MountPoint, plan.Archive, _isReadOnly, plan.AllowOther));
        Device = MountTable.Read().At(plan.MountPoint)?.Device
            ?? throw new StoreException(StoreFault.Server, $"{plan.MountPoint} was unmounted while it was mounted");
        record.Write(_setup.Layout.Runtime.Chosen, Device);
        _record = record;
    }

    public CommitReport? Commit(CommitRequest request, CancellationToken cancellation)
    {
        _readAhead?.Save(); // the commit puts the list into the archive
        var report = _isReadOnly ? null : _environment!.CommitOwn(request, cancellation);
        if (report is not null)
        {
            Server?.GiveMemoryBack();
        }

        return report;
    }

    public CommitReport? CommitTail(CancellationToken cancellation)
    {
        if (!_isReadOnly)
        {
            return _environment!.CommitLast(new CommitRequest(_setup.Threads), cancellation);
        }

        Sync();
        return null;
    }

    public void Sync() => _environment?.Sync();

    public DetachOutcome Detach(bool lazy)
    {
        if (!MountTable.IsShown(_setup.Plan.MountPoint, Device))
        {
            return DetachOutcome.Detached; // another process did, in this mount namespace; the current mount there is a different one
        }

        try
        {
            _setup.Mounter.Unmount(_setup.Plan.MountPoint, lazy);
            return DetachOutcome.Detached;
        }
        catch (MountException busy) when (busy.Fault == MountFault.Busy)
        {
            return DetachOutcome.Busy;
        }
    }

    public void StopServing() => Server?.Stop();

    public bool EndReadAhead() => _readAhead?.EndReadAhead() ?? false;

    public void SayReady()
    {
        try
        {
            _setup.SayReady(new StartReport(_isReadOnly ? null : _environment!.Status, _record!.LeftOut, _environment?.Notes ?? []));
        }
        finally
        {
            OnReady?.Invoke(); // also if the process that started this one is gone: the mount serves others
        }

        _readAhead?.Begin();
    }

    public ClosingSummary Close(bool committed)
    {
        _readAhead?.Dispose();
        var kept = _environment is null || _isReadOnly ? default : _environment.Kept;
        Release();
        return new ClosingSummary(committed ? _setup.AfterCommit() : null, kept.Changes, kept.Bytes);
    }

    /// <summary>After a failed start: removes the mount again.</summary>
    public void Dispose()
    {
        if (_isClosed)
        {
            return;
        }

        _readAhead?.Dispose();
        if (_device is not null)
        {
            try
            {
                Detach(lazy: true);
            }
            catch (MountException failure)
            {
                _setup.Log.Write(failure.Message);
            }
        }

        Release();
    }

    private void Release()
    {
        _isClosed = true;
        _device?.Dispose();
        (_environment as IDisposable ?? _tree).Dispose();
        var folder = _setup.Layout.Runtime.Chosen;
        if (_record is not null && ServerRecord.TryRead(folder, Device) == _record)
        {
            folder.Remove(RuntimeFolder.RecordName(Device));
            ForgetMountPoint();
        }
    }

    /// <summary>
    /// Where the mount was detached by other means. A command that unmounts or mounts there holds the lock, and then decides what stays.
    /// </summary>
    private void ForgetMountPoint()
    {
        var mountPoint = _setup.Plan.MountPoint;
        using var mutex = _setup.Layout.TryLockMountPoint(mountPoint);
        if (mutex is not null && MountTable.Read().At(mountPoint) is null)
        {
            _setup.Layout.ForgetMountPoint(mountPoint);
        }
    }
}

/// <summary>Records what is used first on a mount, and prefetches it. Disposing it ends both.</summary>
public interface IReadAhead : IDisposable
{
    /// <summary>Records what is used.</summary>
    FirstUseRecorder Recorder { get; }

    /// <summary>Starts, for a mount that is ready.</summary>
    void Begin();

    /// <summary>Ends the prefetcher, which keeps a file of the mount open.</summary>
    /// <returns>Whether there was one.</returns>
    bool EndReadAhead();

    /// <summary>Saves what was recorded so far.</summary>
    void Save();
}

/// <summary>A log that cannot fail: if a line cannot be written, only the line is lost.</summary>
/// <param name="write">Writes a line.</param>
public sealed class SafeLog(Action<string> write)
{
    /// <summary>Writes a line, if possible.</summary>
    public void Write(string line)
    {
        try
        {
            write(line);
        }
#pragma warning disable CA1031 // a full disk, a closed descriptor, a bug: no line is worth a mount
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
