using System.Globalization;
using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>Versions of what a machine offers to programs.</summary>
public static unsafe class MachineVersions
{
    /// <summary>The C library's, as in <c>2.36</c>; null where it is not the GNU one.</summary>
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

    /// <summary>The kernel's numbers, as in <c>6.1.0</c>; null if they cannot be read.</summary>
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

    /// <summary>The newest CUDA that the driver supports, as in <c>12.2</c>; null if there is no driver.</summary>
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
