using System.Text;

namespace CondaFuse.Images.Tests;

/// <summary>An entry of a forged archive, with arbitrary fields.</summary>
internal sealed record ForgedEntry(byte[] Name)
{
    public ForgedEntry(string name, string content = "")
        : this(Encoding.UTF8.GetBytes(name)) => (Stored, Plain) = (Encoding.UTF8.GetBytes(content), Encoding.UTF8.GetBytes(content));

    /// <summary>Its stored content.</summary>
    public byte[] Stored { get; init; } = [];

    /// <summary>Its expected content.</summary>
    public byte[] Plain { get; init; } = [];

    public ushort Method { get; init; }

    public ushort Flags { get; init; }

    public byte Host { get; init; } = 3;

    public uint Mode { get; init; } = 0x81A4; // a file, 0644

    public uint DosAttributes { get; init; }

    public byte[] Extra { get; init; } = [];

    public byte[] LocalExtra { get; init; } = [];

    public uint? Crc { get; init; }

    public long? Size { get; init; }

    public ushort Date { get; init; } = 0x5021; // 2020-01-01

    public ushort Time { get; init; }

    /// <summary>Its position according to the central directory; null for the real one.</summary>
    public long? Offset { get; init; }

    /// <summary>Whether it has a separate local header and content.</summary>
    public bool IsListedOnly { get; init; }
}
