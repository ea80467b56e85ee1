using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Blocks;

/// <summary>Length and times of a file, which change when the file is written to.</summary>
internal readonly record struct FileState(long Length, (long Seconds, uint Nanoseconds) Modified, (long Seconds, uint Nanoseconds) Changed)
{
    public static FileState Of(SafeFileHandle file)
    {
        using var lease = new HandleLease(file);
        var status = FileStatus.Of(lease, []);
        return new FileState(status.Size, status.Modified, status.Changed);
    }
}
