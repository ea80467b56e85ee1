using System.Globalization;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Mounts;

/// <summary>Makes and undoes FUSE mounts: root through the kernel, anybody else through fusermount.</summary>
/// <param name="searchPath">Directories to look for fusermount in.</param>
/// <param name="environment">The environment for fusermount, <c>NAME=value</c> each.</param>
public sealed class FuseMounter(IEnumerable<string> searchPath, IReadOnlyCollection<string> environment)
{
    /// <summary>The device through which file systems are served.</summary>
    public const string DevicePath = "/dev/fuse";

    private static readonly string[] ProgramNames = ["fusermount3", "fusermount"];
    private static readonly string[] UsualDirectories = ["/usr/bin", "/bin", "/usr/local/bin"];

    /// <summary>Absolute path of fusermount3, else of fusermount, else null; looked for when it is asked for.</summary>
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

    /// <summary>Checks whether this user may make mounts that other users can use.</summary>
    /// <exception cref="MountException">The administrator has not allowed that.</exception>
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

    /// <summary>Mounts.</summary>
    /// <returns>The FUSE device's descriptor, on which the kernel now asks.</returns>
    /// <exception cref="MountException">With the reason.</exception>
    public SafeFileHandle Mount(FuseMountRequest request)
    {
        CheckDevice($"cannot mount at {request.MountPoint}");
        return Identity.IsRoot ? MountDirectly(request) : RequireFusermount().Mount(request);
    }

    /// <summary>Whether this user has what mounting needs besides the device.</summary>
    public bool CanMount => Identity.IsRoot || FusermountPath is not null;

    /// <summary>Makes sure that FUSE is there at all.</summary>
    /// <param name="without">What is not possible without it, in words for a person.</param>
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
            Devices.Open(DevicePath).Dispose(); // fusermount, which opens it again with this user's rights, says less
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

    /// <summary>Unmounts.</summary>
    /// <param name="mountPoint">Absolute, without symlinks.</param>
    /// <param name="lazy">Detach it now, end it when nobody uses it any more.</param>
    /// <exception cref="MountException"><see cref="MountFault.Busy"/> changes nothing.</exception>
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

/// <summary>What to mount, and how it shall look in the mount table.</summary>
/// <param name="MountPoint">An existing empty directory; absolute, without symlinks.</param>
/// <param name="Source">What the mount table and <c>df</c> show as its source: the image's path.</param>
/// <param name="ReadOnly">Whether the kernel itself refuses every write.</param>
/// <param name="AllowOther">Whether other users may use it, as the modes of its files say; root's mounts are for all users in any case.</param>
public sealed record FuseMountRequest(string MountPoint, string Source, bool ReadOnly, bool AllowOther = false)
{
    /// <summary>The subtype of every mount of ours; the mount table shows <c>fuse.condafuse</c>.</summary>
    public const string Subtype = "condafuse";

    /// <summary>The type in the mount table.</summary>
    public const string Type = $"fuse.{Subtype}";
}

/// <summary>Why a mount could not be made or undone.</summary>
public enum MountFault
{
    /// <summary>There is no <c>/dev/fuse</c>, or this user may not open it.</summary>
    NoDevice,

    /// <summary>Neither <c>fusermount3</c> nor <c>fusermount</c> is on PATH.</summary>
    NoFusermount,

    /// <summary>The kernel or fusermount refused.</summary>
    Refused,

    /// <summary>Somebody uses it.</summary>
    Busy,
}

/// <summary>A mount that could not be made or undone.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What happened, and to which mount point.</param>
/// <param name="inner">What caused it.</param>
public sealed class MountException(MountFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public MountFault Fault { get; } = fault;

    /// <summary>What the user can do next; null where nothing is known.</summary>
    public string? Hint { get; init; }
}
