namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Prefixes of names of extended attributes that SquashFS can store.</summary>
internal static class XattrPrefix
{
    /// <summary>Set where an 8-byte reference to an earlier value stands in place of the value.</summary>
    public const ushort OutOfLine = 0x100;

    /// <summary>The prefix with its dot; empty for a number without meaning.</summary>
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
