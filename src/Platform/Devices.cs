using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Device files, which the BCL's file API examines too closely to open.</summary>
public static class Devices
{
    /// <summary>Opens a device for reading and writing.</summary>
    public static SafeFileHandle Open(string path) =>
        new(Libc.Check(Libc.open(path, Libc.OpenReadWrite | Libc.CloseOnExec, 0), "open", path), ownsHandle: true);
}
