namespace CondaFuse.Tree;

/// <summary>What <c>stat</c> tells of an entry, plus the handle by which the tree knows it.</summary>
public readonly record struct Attributes
{
    /// <summary>The tree's handle of the entry.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The stable inode number: equal for hard links, kept from mount to mount.</summary>
    public required ulong Inode { get; init; }

    /// <summary>What the entry is.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Permission bits with set-id and sticky bits: 0 to 0o7777.</summary>
    public required ushort Permissions { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Names of this entry in this tree; for a directory 2 plus its subdirectories.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>Bytes of a file, length of a symlink's target, a stable figure for a directory, else 0.</summary>
    public required long Size { get; init; }

    /// <summary>Last change of the content.</summary>
    public required Timestamp Modified { get; init; }

    /// <summary>Last access, where the tree keeps it: null otherwise.</summary>
    public Timestamp? Accessed { get; init; }

    /// <summary>Whether the owner was set since the tree was sealed: it is then shown to everybody as it is.</summary>
    public bool OwnerWasSet { get; init; }

    /// <summary>Bytes that a file takes where it is stored uncompressed: its length less its holes; null where that is not known.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Last change of the attributes.</summary>
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
    /// <summary>The time of a clock.</summary>
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

/// <summary>What an entry is.</summary>
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
