using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>The upper half of the external attributes, as Unix has it: <c>st_mode</c>.</summary>
internal static class UnixMode
{
    public const int TypeMask = 0xF000;
    public const int Fifo = 0x1000;
    public const int CharacterDevice = 0x2000;
    public const int Directory = 0x4000;
    public const int BlockDevice = 0x6000;
    public const int File = 0x8000;
    public const int Symlink = 0xA000;
    public const int Socket = 0xC000;
    public const int PermissionMask = 0xFFF;

    /// <summary>The kind that the type bits name; null if they name none.</summary>
    public static EntryKind? KindOf(int mode) => (mode & TypeMask) switch
    {
        Fifo => EntryKind.Fifo,
        CharacterDevice => EntryKind.CharacterDevice,
        Directory => EntryKind.Directory,
        BlockDevice => EntryKind.BlockDevice,
        File => EntryKind.File,
        Symlink => EntryKind.Symlink,
        Socket => EntryKind.Socket,
        _ => null,
    };

    /// <summary>The type bits of a kind.</summary>
    public static int TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.Directory => Directory,
        EntryKind.Symlink => Symlink,
        EntryKind.BlockDevice => BlockDevice,
        EntryKind.CharacterDevice => CharacterDevice,
        EntryKind.Fifo => Fifo,
        EntryKind.Socket => Socket,
        _ => File,
    };
}
