using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Between types of inodes and kinds of entries.</summary>
internal static class InodeTypes
{
    /// <summary>Distance from a basic type to its extended one.</summary>
    private const int Extension = 7;

    /// <summary>The basic type of a kind.</summary>
    public static InodeType Of(EntryKind kind) => kind switch
    {
        EntryKind.File => InodeType.File,
        EntryKind.Directory => InodeType.Directory,
        EntryKind.Symlink => InodeType.Symlink,
        EntryKind.BlockDevice => InodeType.BlockDevice,
        EntryKind.CharacterDevice => InodeType.CharacterDevice,
        EntryKind.Fifo => InodeType.Fifo,
        EntryKind.Socket => InodeType.Socket,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
    };

    /// <summary>The extended type of a basic one.</summary>
    public static InodeType Extended(InodeType basic) => basic + Extension;

    /// <summary>The kind of a basic or extended type; false for a number that is neither.</summary>
    public static bool TryGetKind(InodeType type, out EntryKind kind)
    {
        var basic = type > InodeType.Socket ? type - Extension : type;
        kind = basic switch
        {
            InodeType.File => EntryKind.File,
            InodeType.Directory => EntryKind.Directory,
            InodeType.Symlink => EntryKind.Symlink,
            InodeType.BlockDevice => EntryKind.BlockDevice,
            InodeType.CharacterDevice => EntryKind.CharacterDevice,
            InodeType.Fifo => EntryKind.Fifo,
            _ => EntryKind.Socket,
        };
        return basic is >= InodeType.Directory and <= InodeType.Socket;
    }
}
