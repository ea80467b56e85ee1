namespace CondaFuse.Fuse.Wire;

/// <summary>The type of a file as <c>dirent</c> gives it (<c>DT_*</c>).</summary>
public enum FileType : uint
{
#pragma warning disable CS1591 // readdir(3)
    Unknown = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    Regular = 8,
    Symlink = 10,
    Socket = 12,
#pragma warning restore CS1591
}
