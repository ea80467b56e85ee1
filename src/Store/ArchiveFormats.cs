namespace CondaFuse.Store;

/// <summary>Names of formats.</summary>
public static class ArchiveFormats
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ArchiveFormat> All { get; } = Enum.GetValues<ArchiveFormat>();

    /// <summary>What an archive's file name ends with.</summary>
    public static string Extension(this ArchiveFormat format) => format == ArchiveFormat.Zip ? ".zip" : ".squashfs";

    /// <summary>The format of a name; null if there is none.</summary>
    public static ArchiveFormat? Find(string name) => All.Where(format => format.Name() == name).Select(format => (ArchiveFormat?)format).FirstOrDefault();

    /// <summary>The format's name in options and JSON.</summary>
    public static string Name(this ArchiveFormat format) => format == ArchiveFormat.Zip ? "zip" : "squashfs";
}
