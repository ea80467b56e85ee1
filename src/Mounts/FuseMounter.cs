using System.Globalization;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Mounts;

/// <summary>Mounts and unmounts FUSE file systems: root through the kernel, other users through fusermount.</summary>
/// <param name="searchPath">Directories to look for fusermount in.</param>
/// <param name="environment">The environment for fusermount, <c>NAME=value</c> each.</param>
public sealed class FuseMounter(IEnumerable<string> searchPath, IReadOnlyCollection<string> environment)
{
    /// <summary>The FUSE device.</summary>
    public const string DevicePath = "/dev/fuse";

    private static readonly string[] ProgramNames = ["fusermount3", "fusermount"];
    private static readonly string[] UsualDirectories = ["/usr/bin", "/bin", "/usr/local/bin"];

    /// <summary>Absolute path of fusermount3, or else of fusermount, or else null. Looked up on each use.</summary>
    public string? FusermountPath
    {
        get
        {
            foreach (var name in ProgramNames)
            {
                foreach (var directory in searchPath.Concat(UsualDirectories))
                {
                    var path = Path.Combine(directory, name);
                    if (ExecutableFile.Exists(path))
                    {
                        return path;
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Checks whether this user may make mounts for all users.</summary>
    /// <exception cref="MountException">The administrator has not allowed it.</exception>
    public static void DemandAllowOther()
    {
        if (!Identity.IsRoot && FuseConfiguration.ReadAllowsOther() == false)
        {
            throw new MountException(
                MountFault.Refused,
                $"cannot mount for other users: {FuseConfiguration.Path} does not contain the line "
                    + $"'{FuseConfiguration.UserAllowOther}'")
            {
                Hint = "ask your administrator to add it, or mount without --allow-other",
            };
        }
    }

    /// <summary>Mounts a file system.</summary>
    /// <returns>The descriptor of the FUSE device, which receives the kernel's requests.</returns>
    /// <exception cref="MountException">The mount failed.</exception>
    public SafeFileHandle Mount(FuseMountRequest request)
    {
        CheckDevice($"cannot mount at {request.MountPoint}");
        if (Identity.IsRoot)
        {
            return MountDirectly(request);
        }

        var fusermount = RequireFusermount();
        try
        {
            return fusermount.Mount(request);
        }
        catch (MountException refusal) when (!UserAccounts.Has(Identity.UserId))
        {
            throw new MountException(MountFault.NoFusermount, $"cannot mount: {ReasonAgainst}", refusal)
            {
                Hint = "add an entry for the user to /etc/passwd; 'condafuse run' works without it",
            };
        }
    }

    /// <summary>Whether this user can mount, apart from access to the device.</summary>
    public bool CanMount => Identity.IsRoot || (FusermountPath is not null && UserAccounts.Has(Identity.UserId));

    /// <summary>Why this user cannot mount; null if <see cref="CanMount"/>.</summary>
    public string? ReasonAgainst => CanMount ? null
        : FusermountPath is null ? "fusermount3 was not found"
        : $"user {Identity.UserId} has no account on this machine, which fusermount3 needs";

    /// <summary>Checks that FUSE is available.</summary>
    /// <param name="without">What is not possible without it, in words for the user.</param>
    /// <exception cref="MountException"><see cref="MountFault.NoDevice"/>.</exception>
    public static void CheckDevice(string without)
    {
        if (!File.Exists(DevicePath))
        {
            throw new MountException(
                MountFault.NoDevice,
                    $"{without}: {DevicePath} does not exist")
                {
                    Hint = "load the kernel module 'fuse', or pass the device into this container; 'condafuse extract' works without it",
                };
        }

        try
        {
            Devices.Open(DevicePath).Dispose(); // fusermount opens it again with this user's rights, but reports less
        }
        catch (PlatformException failure)
        {
            throw new MountException(
                MountFault.NoDevice,
                    $"{without}: {DevicePath} is not accessible ({failure.Message})",
                    failure)
                {
                    Hint = "load the kernel module 'fuse', or ask your administrator for access",
                };
        }
    }

    /// <summary>Unmounts a file system.</summary>
    /// <param name="mountPoint">Absolute, without symlinks.</param>
    /// <param name="lazy">Detach it now, and end it when no process uses it any more.</param>
    /// <exception cref="MountException">If it is <see cref="MountFault.Busy"/>, nothing has changed.</exception>
    public void Unmount(string mountPoint, bool lazy)
    {
        if (Identity.IsRoot)
        {
            var errno = KernelMounts.Unmount(mountPoint, lazy);
            if (errno != Errno.None)
            {
                throw errno == Errno.EBUSY
                    ? new MountException(MountFault.Busy, $"{mountPoint} is in use")
                    : new MountException(MountFault.Refused, $"cannot unmount {mountPoint}: {errno}");
            }
        }
        else if (RequireFusermount().Unmount(mountPoint, lazy) is { } said)
        {
            throw said.Contains("busy", StringComparison.OrdinalIgnoreCase)
                ? new MountException(MountFault.Busy, $"{mountPoint} is in use")
                : new MountException(MountFault.Refused, $"cannot unmount {mountPoint}: {said}");
        }
    }

    private static SafeFileHandle MountDirectly(FuseMountRequest request)
    {
        SafeFileHandle? device = null;
        try
        {
            device = Devices.Open(DevicePath);
            const string directoryMode = "40000";
            var data = string.Create(
                CultureInfo.InvariantCulture,
                $"fd={device.DangerousGetHandle()},rootmode={directoryMode},user_id={Identity.UserId},"
                    + $"group_id={Identity.GroupId},default_permissions,allow_other");
            var flags = MountFlags.NoSetId | MountFlags.NoDevices | (request.ReadOnly ? MountFlags.ReadOnly : MountFlags.None);
            KernelMounts.Mount(request.Source, request.MountPoint, FuseMountRequest.Type, flags, data);
            return device;
        }
        catch (PlatformException failure)
        {
            device?.Dispose();
            var fault = failure.Call == "open" ? MountFault.NoDevice : MountFault.Refused;
            throw new MountException(fault, $"cannot mount at {request.MountPoint}: {failure.Message}", failure);
        }
    }

    private Fusermount RequireFusermount() =>
        FusermountPath is { } path
            ? new Fusermount(path, environment)
            : throw new MountException(MountFault.NoFusermount, "fusermount3 was not found on PATH")
            {
                Hint = "install the package 'fuse3'; 'condafuse run' works without it",
            };
}

/// <summary>A mount, and how it appears in the mount table.</summary>
/// <param name="MountPoint">An existing empty directory; absolute, without symlinks.</param>
/// <param name="Source">The source in the mount table and in <c>df</c>: the image's path.</param>
/// <param name="ReadOnly">Whether the kernel refuses every write.</param>
/// <param name="AllowOther">Whether other users may use it, subject to the modes of its files. Root's mounts are always for all users.</param>
public sealed record FuseMountRequest(string MountPoint, string Source, bool ReadOnly, bool AllowOther = false)
{
    /// <summary>The subtype of our mounts; the mount table shows <c>fuse.condafuse</c>.</summary>
    public const string Subtype = "condafuse";

    /// <summary>The type in the mount table.</summary>
    public const string Type = $"fuse.{Subtype}";
}

/// <summary>Why mounting or unmounting failed.</summary>
public enum MountFault
{
    /// <summary><c>/dev/fuse</c> does not exist, or this user may not open it.</summary>
    NoDevice,

    /// <summary>Neither <c>fusermount3</c> nor <c>fusermount</c> is on PATH.</summary>
    NoFusermount,

    /// <summary>The kernel or fusermount refused.</summary>
    Refused,

    /// <summary>A process is using it.</summary>
    Busy,
}

/// <summary>Mounting or unmounting failed.</summary>
/// <param name="fault">The kind of failure.</param>
/// <param name="message">What happened, and to which mount point.</param>
/// <param name="inner">The cause.</param>
public sealed class MountException(MountFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public MountFault Fault { get; } = fault;

    /// <summary>What the user can do next; null if nothing is known.</summary>
    public string? Hint { get; init; }
}
