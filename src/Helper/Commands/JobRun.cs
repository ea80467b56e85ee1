using System.Globalization;
using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// <c>run</c> inside a Slurm job. Slurm ends a server with the step that started it, so no step may depend on another one's server. All tasks of a
/// step on a node share one mount in a separate namespace. The first task creates it, the others join it, and it ends with the last of them.
/// </summary>
internal static class JobRun
{
    private const string FolderPrefix = RuntimeFolder.PrivateRunPrefix + "job-";
    private const string LockExtension = ".lock";
    private static readonly TimeSpan ServerEnd = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether this is a task of a job, of a user who needs namespaces for a separate mount.</summary>
    public static bool Applies(Session session) => !Identity.IsRoot && JobOf(session.Variable) is not null;

    /// <summary>
    /// The job and step in the variables, and the node in the job unless it is the first: a machine can be several nodes, each of which ends its own
    /// processes. Null outside jobs.
    /// </summary>
    /// <param name="variable">Returns a variable's value.</param>
    public static string? JobOf(Func<string, string?> variable)
    {
        var node = Number(variable("SLURM_NODEID")) is { } number and not "0" ? $"-node{number}" : string.Empty;
        return Number(variable("SLURM_JOB_ID")) is { } job ? $"{job}-{Number(variable("SLURM_STEP_ID")) ?? "batch"}{node}" : null;
    }

    public static int Start(Session session, RunRequest request)
    {
        var mountPoint = session.Planner.Plan(request.Subject, directory: null, request.ReadOnly).MountPoint;
        var name = $"{FolderPrefix}{JobOf(session.Variable)}-{Crc32C.Of(Encoding.UTF8.GetBytes(mountPoint)):x8}";
        var outer = session.Layout.Runtime.Chosen;
        Sweep(outer);
        using var foreground = new ForegroundChild();
        ChildProcess child;
        PrivateFolder folder;
        FileLock? holding;
        SafeFileHandle held;
        using (FileLock.Take(outer, name + LockExtension, wait: true))
        {
            folder = PrivateFolder.OpenOrMake(Path.Combine(outer.Path, name));
            holding = FileLock.HoldAgainstAgeing(folder);

            // Held until the child holds it itself: otherwise the server could end with the previous task.
            (held, var reader) = folder.OpenFifo("tasks");
            reader.Dispose();
            try
            {
                child = PrivateRun.StartInside(session, folder, request, new JobMembers(folder).Alive());
            }
            catch (PlatformException failure)
            {
                held.Dispose();
                holding?.Dispose();
                folder.Dispose();
                TryRemove(outer, name); // unless other tasks use it
                throw new StoreException(StoreFault.Unsupported, $"this node allows no user namespaces ({failure.Message})", failure);
            }

            try
            {
                new JobMembers(folder).Add(child.Id);
            }
            catch (IOException failure)
            {
                // It has started, so nothing may start it again. It adds itself too, before it runs anything, or says why it cannot.
                Message.Warning($"other tasks of this step may get a mount of their own: {failure.Message}");
            }
        }

        using (folder)
        {
            var code = foreground.Await(child);
            var refusal = Refusal.Read(folder, child.Id);
            held.Dispose();
            new JobMembers(folder).Remove(child.Id);
            holding?.Dispose();
            Leave(session.Clock, outer, folder, name);
            return refusal is null
                ? code
                : throw new StoreException(StoreFault.Unsupported, $"this node allows no mounts in user namespaces ({refusal})");
        }
    }

    /// <summary>
    /// If the environment is mounted outside the namespace, mounts over that inside the namespace. The outer server may end with another job or
    /// step, and can be neither queried nor unmounted from inside.
    /// </summary>
    /// <param name="own">The session with the runtime folder of the namespace.</param>
    /// <param name="subject">The environment or image.</param>
    /// <param name="readOnly">Whether to refuse changes.</param>
    public static void CoverMountOfOthers(Session own, string subject, bool readOnly)
    {
        var plan = own.Planner.Plan(subject, directory: null, readOnly);
        if (LiveMounts.Read(own.Layout).At(plan.MountPoint) is { } mount
            && ServerRecord.TryRead(own.Layout.Runtime.Chosen, mount.Entry.Device) is null)
        {
            own.Keeper.Cover(plan, note => Message.Error(note));
        }
    }

    /// <summary>The last task removes the step's files when its server has ended.</summary>
    private static void Leave(TimeProvider clock, PrivateFolder outer, PrivateFolder folder, string name)
    {
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < ServerEnd)
        {
            using (var mutex = FileLock.Take(outer, name + LockExtension, wait: true))
            {
                if (new JobMembers(folder).Alive().Count > 0 || TryRemove(outer, name))
                {
                    return;
                }
            }

            Thread.Sleep(PollInterval);
        }
    }

    /// <summary>Removes the files of killed tasks.</summary>
    private static void Sweep(PrivateFolder outer)
    {
        foreach (var name in outer.List().Where(name => name.StartsWith(FolderPrefix, StringComparison.Ordinal)))
        {
            var folder = name.EndsWith(LockExtension, StringComparison.Ordinal) ? name[..^LockExtension.Length] : name;
            using var mutex = FileLock.Take(outer, folder + LockExtension, wait: false);
            if (mutex is not null)
            {
                TryRemove(outer, folder);
            }
        }
    }

    /// <summary>For a caller with the lock: removes the folder and the lock, unless a task or server holds the folder.</summary>
    private static bool TryRemove(PrivateFolder outer, string name)
    {
        if (outer.TryIdentify(name) is not null && !FileLock.IsFree(outer, name))
        {
            return false;
        }

        outer.RemoveFolder(name);
        outer.Remove(name + LockExtension);
        return true;
    }

    private static string? Number(string? text) => text is { Length: > 0 } && text.All(char.IsAsciiDigit) ? text : null;
}

/// <summary>The tasks of a step inside its namespace: one file each, named after the process that has entered it.</summary>
/// <param name="folder">The folder of the step.</param>
internal sealed class JobMembers(PrivateFolder folder)
{
    private const string Prefix = "member-"; // followed by digits only
    private const int MaxDigits = 32;

    /// <summary>Taken to mount and to unmount, so that no task relies on a mount that the last one removes.</summary>
    public static FileLock? Lock(PrivateFolder folder) => FileLock.Take(folder, "members.lock", wait: true);

    /// <summary>Whether other tasks are still running; also removes this one.</summary>
    public bool HasOthersThan(int id)
    {
        Remove(id);
        return Alive().Count > 0;
    }

    /// <summary>Adds a process that was started in the namespace.</summary>
    public void Add(int id) => folder.Write(
        $"{Prefix}{id}", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ProcessIdentity.Find(id)?.StartTicks ?? 0}")));

    public void Remove(int id) => folder.Remove($"{Prefix}{id}");

    /// <summary>The tasks that are still running.</summary>
    public IReadOnlyList<ProcessIdentity> Alive() =>
        [.. Names().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(Read).OfType<ProcessIdentity>()
            .Where(member => member.IsAlive)];

    private IReadOnlyList<string> Names()
    {
        try
        {
            return folder.List();
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return []; // the last task has removed the folder
        }
    }

    private ProcessIdentity? Read(string name) =>
        int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && folder.TryRead(name, MaxDigits) is { } content
        && ulong.TryParse(Encoding.ASCII.GetString(content), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new ProcessIdentity(id, start)
            : null;
}
