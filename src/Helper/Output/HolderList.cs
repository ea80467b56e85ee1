using CondaFuse.Mounts;

namespace CondaFuse.Helper.Output;

/// <summary>Who uses a mount, for a person.</summary>
internal static class HolderList
{
    private const int MostThings = 3;

    public static void Write(LineOutput writer, IReadOnlyList<MountHolder> holders)
    {
        var shell = ProcessIdentity.ParentOfThis();
        foreach (var holder in holders)
        {
            var shown = string.Join("; ", holder.Holds.Take(MostThings));
            var more = holder.Holds.Count > MostThings ? $"; and {holder.Holds.Count - MostThings} more" : string.Empty;
            var self = holder.ProcessId == shell ? ", this shell" : string.Empty;
            writer.WriteLine($"  pid {holder.ProcessId} ({holder.Command}{self}): {shown}{more}");
        }

        writer.WriteLine(holders.Count == 0
            ? "  The holder belongs to another user, or is a mount inside it; 'condafuse unmount --lazy' detaches it anyway."
            : "  Close them (or 'cd' out of it); --wait SECONDS waits for them, --lazy detaches it anyway.");
    }
}
