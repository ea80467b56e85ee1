namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_dirent</c> without its name, which follows and is padded with zeros to 8 bytes.</summary>
/// <param name="Inode">Inode number.</param>
/// <param name="Cookie">Where to go on after this entry.</param>
/// <param name="NameLength">Bytes of the name.</param>
/// <param name="Type">What it is.</param>
public readonly record struct DirectoryRecord(ulong Inode, ulong Cookie, uint NameLength, FileType Type)
{
    private const int Alignment = sizeof(ulong);

    /// <summary>Length of a record and its name, padded.</summary>
    public static int PaddedLength(int headLength, int nameLength) => (headLength + nameLength + Alignment - 1) & -Alignment;
}
