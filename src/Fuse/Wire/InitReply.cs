using System.Runtime.CompilerServices;

namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_init_out</c>, in the length it has since protocol 7.23.</summary>
public readonly struct InitReply
{
    /// <summary>Protocol.</summary>
    public uint Major { get; init; }

    /// <summary>Protocol.</summary>
    public uint Minor { get; init; }

    /// <summary>Most bytes that the kernel may read ahead.</summary>
    public uint MaxReadahead { get; init; }

    /// <summary>Lower word of the <see cref="Capabilities"/>.</summary>
    public uint Flags { get; init; }

    /// <summary>Most requests under way that nobody waits for.</summary>
    public ushort MaxBackground { get; init; }

    /// <summary>So many, and the kernel counts the file system as congested.</summary>
    public ushort CongestionThreshold { get; init; }

    /// <summary>Most bytes of a WRITE; at least 4096.</summary>
    public uint MaxWrite { get; init; }

    /// <summary>Granularity of times in nanoseconds.</summary>
    public uint TimeGranularity { get; init; }

    /// <summary>Most pages of a request.</summary>
    public ushort MaxPages { get; init; }

    /// <summary>For DAX.</summary>
    public ushort MapAlignment { get; init; }

    /// <summary>Upper word of the <see cref="Capabilities"/>.</summary>
    public uint Flags2 { get; init; }

    /// <summary>Must be 0.</summary>
    public Unused Reserved { get; init; }

    /// <summary>Seven words.</summary>
    [InlineArray(7)]
    public struct Unused
    {
        private uint word;
    }
}
