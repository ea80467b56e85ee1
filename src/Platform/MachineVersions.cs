using System.Globalization;
using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>Versions of the C library, the kernel and the CUDA driver of this machine.</summary>
public static unsafe class MachineVersions
{
    /// <summary>The C library's version, such as <c>2.36</c>; null if it is not the GNU C library.</summary>
    public static string? Glibc
    {
        get
        {
            try
            {
                return Marshal.PtrToStringUTF8((nint)Libc.gnu_get_libc_version());
            }
            catch (EntryPointNotFoundException)
            {
                return null;
            }
        }
    }

    /// <summary>The kernel's version, such as <c>6.1.0</c>; null if it cannot be read.</summary>
    public static string? Kernel
    {
        get
        {
            try
            {
                var release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
                return string.Join(
                    '.', release.Split('-', '+')[0].Split('.').TakeWhile(part => part.Length > 0 && part.All(char.IsAsciiDigit)).Take(3));
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>The newest CUDA version that the driver supports, such as <c>12.2</c>; null if there is no driver.</summary>
    public static string? Cuda
    {
        get
        {
            const int thousands = 1000;
            const int tens = 10;
            if (!NativeLibrary.TryLoad("libcuda.so.1", out var driver) || !NativeLibrary.TryGetExport(driver, "cuDriverGetVersion", out var export))
            {
                return null;
            }

            int version;
            return ((delegate* unmanaged<int*, int>)export)(&version) == 0
                ? string.Create(CultureInfo.InvariantCulture, $"{version / thousands}.{version % thousands / tens}")
                : null;
        }
    }
}
