using CondaFuse.Mounts;

namespace CondaFuse.Helper.Output;

/// <summary>Shows the users of a mount.</summary>
internal static class HolderList
{
    private const int MaxThings = 3;

    public static void Write(LineOutput writer, IReadOnlyList<MountHolder> holders)
    {
        var shell = ProcessIdentity.ParentOfThis();
        foreach (var holder in holders)
        {
            var shown = string.Join("; ", holder.Holds.Take(MaxThings));
            var more = holder.Holds.Count > MaxThings ? $"; and {holder.Holds.Count - MaxThings} more" : string.Empty;
            var self = holder.ProcessId == shell ? ", this shell" : string.Empty;
            writer.WriteLine($"  pid {holder.ProcessId} ({holder.Command}{self}): {shown}{more}");
        }

        writer.WriteLine(holders.Count == 0
            ? "hint: a process of another user or a mount inside uses it; 'condafuse unmount --lazy' detaches it anyway"
            : "hint: close them or 'cd' out of it; --wait SECONDS waits for them, --lazy detaches it anyway");
    }
}

/// <summary>
/// The first versions that can read a compressor: Linux according to the history of <c>fs/squashfs/Kconfig</c>, squashfuse according to its NEWS.
/// </summary>
/// <param name="Kernel">First version of Linux.</param>
/// <param name="Squashfuse">First version of squashfuse.</param>
internal sealed record ImageReaders(string Kernel, string Squashfuse)
{
    public static ImageReaders Of(string compressor) => compressor switch
    {
        "zstd" => new ImageReaders("4.14", "0.1.103"),
        "lz4" => new ImageReaders("3.19", "0.1.100"),
        "xz" => new ImageReaders("2.6.38", "0.1.100"),
        _ => new ImageReaders("2.6.29", "0.1.100"),
    };
}
