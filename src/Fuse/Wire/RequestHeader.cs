namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_in_header</c>: begins every request.</summary>
public readonly record struct RequestHeader
{
    /// <summary>Bytes of the whole request, this header included.</summary>
    public uint Length { get; init; }

    /// <summary>What is asked for.</summary>
    public Opcode Opcode { get; init; }

    /// <summary>The request's number; the reply repeats it.</summary>
    public ulong Unique { get; init; }

    /// <summary>The node it is about.</summary>
    public ulong NodeId { get; init; }

    /// <summary>The caller's user.</summary>
    public uint UserId { get; init; }

    /// <summary>The caller's group.</summary>
    public uint GroupId { get; init; }

    /// <summary>The caller's process; 0 outside the server's namespace.</summary>
    public uint ProcessId { get; init; }

    /// <summary>Length of the extensions at the request's end, in units of 8 bytes.</summary>
    public ushort ExtensionWords { get; init; }

    /// <summary>Padding.</summary>
    public ushort Reserved { get; init; }
}
