using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// The server of a mount in a process that start.c forked: it runs the command first, and its parent exits when it reports the exit code. The process
/// has its own session and no inherited descriptors above 2.
/// </summary>
internal sealed class BackgroundServer : HostedServer
{
    /// <summary>The (hidden) command that start.c puts in the place of <c>mount</c>.</summary>
    public const string Command = "mount-in-background";

    /// <summary>The pipe to the parent.</summary>
    private const int ReportDescriptor = 3;

    private readonly SafeFileHandle _parent = new(ReportDescriptor, ownsHandle: true);
    private SafeFileHandle? _log; // stays open: the server writes to it
    private volatile bool _isReported;

    /// <summary>Starts its threads, which takes as long as the command's checks.</summary>
    public BackgroundServer(Session session)
        : base(session) => StartThread();

    /// <inheritdoc/>
    public override StartReport Start(MountPlan plan)
    {
        _log = Session.Layout.OpenLog(plan.MountPoint);
        return base.Start(plan);
    }

    /// <inheritdoc/>
    public override void Finish() => FinishFailed(ExitCode.Success);

    /// <inheritdoc/>
    public override void FinishFailed(ExitCode code)
    {
        if (!IsServing)
        {
            return;
        }

        InheritedStreams.Replace(_log!);
        ServerProcessSettings.RestrictNewFiles();
        Directory.SetCurrentDirectory("/");
        if (!TryReport(code))
        {
            // The user interrupted the command: the mount is taken back, as at any SIGTERM.
            Processes.TrySignal(Identity.ProcessId, Signal.Terminate);
        }

        _isReported = true;
        WaitForEnd();
        ProcessEnd.Now();
    }

    /// <returns>False if the parent was killed.</returns>
    private bool TryReport(ExitCode code)
    {
        try
        {
            using var parent = new FileStream(_parent, FileAccess.Write, bufferSize: 0);
            parent.WriteByte((byte)code);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// The command's thread ends the process, because it is the first one: the process counts as ended when that thread has, while the kernel still
    /// frees its memory.
    /// </summary>
    protected override void EndProcess()
    {
        if (_isReported)
        {
            SetOver();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    /// <inheritdoc/>
    protected override LineOutput Log => Terminal.ForLog(_log!);
}
