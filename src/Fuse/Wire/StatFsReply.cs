using System.Runtime.CompilerServices;

namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_statfs_out</c>.</summary>
public readonly struct StatFsReply
{
    /// <summary>Size in fragments.</summary>
    public ulong Blocks { get; init; }

    /// <summary>Free fragments.</summary>
    public ulong FreeBlocks { get; init; }

    /// <summary>Free fragments for ordinary users.</summary>
    public ulong AvailableBlocks { get; init; }

    /// <summary>Inodes.</summary>
    public ulong Files { get; init; }

    /// <summary>Free inodes.</summary>
    public ulong FreeFiles { get; init; }

    /// <summary>Preferred transfer size in bytes.</summary>
    public uint BlockSize { get; init; }

    /// <summary>Longest name in bytes.</summary>
    public uint NameLength { get; init; }

    /// <summary>Size of a fragment in bytes.</summary>
    public uint FragmentSize { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }

    /// <summary>Must be 0.</summary>
    public Spare Reserved { get; init; }

    /// <summary>Six words.</summary>
    [InlineArray(6)]
    public struct Spare
    {
        private uint _word;
    }
}
