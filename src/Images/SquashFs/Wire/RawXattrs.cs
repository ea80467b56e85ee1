using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Header of the xattr table; the list of the blocks of <see cref="RawXattrSet"/> entries follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawXattrTable
{
    /// <summary>Start of the metadata blocks with names and values.</summary>
    public ulong Start;

    /// <summary>Number of entries in the table.</summary>
    public uint Count;

    public uint Unused;
}

/// <summary>The extended attributes of one or more inodes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawXattrSet
{
    /// <summary>Like <see cref="InodeReference"/>, but relative to <see cref="RawXattrTable.Start"/>.</summary>
    public ulong Reference;

    /// <summary>Number of attributes in the set.</summary>
    public uint Count;

    /// <summary>Total length in bytes of their names, including prefixes, and values.</summary>
    public uint Size;
}

/// <summary>An extended attribute's name; the name without prefix follows, then the value's 32-bit length and the value.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawXattrName
{
    /// <summary>Low byte: <see cref="XattrPrefix"/>; <see cref="XattrPrefix.OutOfLine"/> may be set.</summary>
    public ushort Prefix;

    /// <summary>Length of the name without its prefix.</summary>
    public ushort Length;
}

/// <summary>Prefixes of names of extended attributes that SquashFS can store.</summary>
internal static class XattrPrefix
{
    /// <summary>Set if an 8-byte reference to an earlier value replaces the value.</summary>
    public const ushort OutOfLine = 0x100;

    /// <summary>The prefix including its dot; empty for an unknown number.</summary>
    public static ReadOnlySpan<byte> Text(int number) => number switch
    {
        0 => "user."u8,
        1 => "trusted."u8,
        2 => "security."u8,
        _ => [],
    };

    /// <summary>The number of a full name's prefix; -1 if SquashFS cannot store the name.</summary>
    public static int Find(ReadOnlySpan<byte> fullName)
    {
        for (var number = 0; number < 3; number++)
        {
            if (fullName.StartsWith(Text(number)) && fullName.Length > Text(number).Length)
            {
                return number;
            }
        }

        return -1;
    }
}
