namespace CondaFuse.Fuse.Wire;

/// <summary>The type of a file as <c>st_mode</c> carries it.</summary>
public static class FileTypes
{
    private const int ModeShift = 12;

    /// <summary>The type that a mode carries.</summary>
    public static FileType OfMode(uint mode) => (FileType)((mode >> ModeShift) & 0xF);

    /// <summary>The <c>S_IFMT</c> bits of a mode.</summary>
    public static uint ModeBits(this FileType type) => (uint)type << ModeShift;
}
