using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Inodes of each kind.</summary>
/// <param name="Files">Regular files.</param>
/// <param name="Directories">Directories, the root included.</param>
/// <param name="Symlinks">Symbolic links.</param>
/// <param name="BlockDevices">Block devices.</param>
/// <param name="CharacterDevices">Character devices.</param>
/// <param name="Fifos">Named pipes.</param>
/// <param name="Sockets">Unix-domain sockets.</param>
public readonly record struct EntryCounts(
    long Files, long Directories, long Symlinks, long BlockDevices, long CharacterDevices, long Fifos, long Sockets)
{
    /// <summary>All of them.</summary>
    public long Total => Files + Directories + Symlinks + BlockDevices + CharacterDevices + Fifos + Sockets;

    /// <summary>One more of a kind.</summary>
    public EntryCounts Plus(EntryKind kind) => kind switch
    {
        EntryKind.File => this with { Files = Files + 1 },
        EntryKind.Directory => this with { Directories = Directories + 1 },
        EntryKind.Symlink => this with { Symlinks = Symlinks + 1 },
        EntryKind.BlockDevice => this with { BlockDevices = BlockDevices + 1 },
        EntryKind.CharacterDevice => this with { CharacterDevices = CharacterDevices + 1 },
        EntryKind.Fifo => this with { Fifos = Fifos + 1 },
        _ => this with { Sockets = Sockets + 1 },
    };
}
