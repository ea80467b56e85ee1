using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>Between types of the disk's entries and kinds of a tree's.</summary>
internal static class DiskKind
{
    public static EntryKind Of(EntryType type) => type switch
    {
        EntryType.File => EntryKind.File,
        EntryType.Directory => EntryKind.Directory,
        EntryType.Symlink => EntryKind.Symlink,
        EntryType.BlockDevice => EntryKind.BlockDevice,
        EntryType.CharacterDevice => EntryKind.CharacterDevice,
        EntryType.Fifo => EntryKind.Fifo,
        EntryType.Socket => EntryKind.Socket,
        _ => throw new TreeException(TreeFailure.WrongKind, $"An entry has the unknown type {type}."),
    };

    public static EntryType TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.File => EntryType.File,
        EntryKind.Directory => EntryType.Directory,
        EntryKind.Symlink => EntryType.Symlink,
        EntryKind.BlockDevice => EntryType.BlockDevice,
        EntryKind.CharacterDevice => EntryType.CharacterDevice,
        EntryKind.Fifo => EntryType.Fifo,
        _ => EntryType.Socket,
    };
}
