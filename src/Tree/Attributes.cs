namespace CondaFuse.Tree;

/// <summary>The <c>stat</c> attributes of an entry, and the tree's handle for it.</summary>
public readonly record struct Attributes
{
    /// <summary>The tree's handle for the entry.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The stable inode number: equal for hard links, and the same at every mount.</summary>
    public required ulong Inode { get; init; }

    /// <summary>The kind of entry.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Permission bits with set-id and sticky bits: 0 to 0o7777.</summary>
    public required ushort Permissions { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Number of names of this entry in this tree; for a directory, 2 plus its subdirectories.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>Length of a file or of a symlink's target in bytes; a stable number for a directory; otherwise 0.</summary>
    public required long Size { get; init; }

    /// <summary>Time of the last content change.</summary>
    public required Timestamp Modified { get; init; }

    /// <summary>Time of last access; null if the tree does not store it.</summary>
    public Timestamp? Accessed { get; init; }

    /// <summary>Whether the owner was set since the tree was sealed: then all users see the real owner.</summary>
    public bool OwnerWasSet { get; init; }

    /// <summary>Disk usage of an uncompressed file in bytes: its length without holes; null if unknown.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Time of the last attribute change.</summary>
    public required Timestamp Changed { get; init; }

    /// <summary>Major device number; 0 unless a device.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>Minor device number; 0 unless a device.</summary>
    public uint DeviceMinor { get; init; }
}

/// <summary>A point in time, as POSIX's <c>timespec</c>.</summary>
/// <param name="Seconds">Seconds since 1970-01-01 UTC; negative before.</param>
/// <param name="Nanoseconds">0 to 999 999 999.</param>
public readonly record struct Timestamp(long Seconds, uint Nanoseconds = 0)
{
    /// <summary>The current time of a clock.</summary>
    public static Timestamp Now(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var ticks = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return rest < 0
            ? new Timestamp(seconds - 1, (uint)((rest + TimeSpan.TicksPerSecond) * TimeSpan.NanosecondsPerTick))
            : new Timestamp(seconds, (uint)(rest * TimeSpan.NanosecondsPerTick));
    }
}

/// <summary>The kind of an entry.</summary>
public enum EntryKind : byte
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Symlink,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A Unix-domain socket.</summary>
    Socket,
}
