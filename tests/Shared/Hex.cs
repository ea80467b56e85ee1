using System.Globalization;

namespace CondaFuse.Tests.Shared;

/// <summary>Bytes in readable form: pairs of hex digits; spaces, line breaks and <c># remarks</c> are ignored.</summary>
internal static class Hex
{
    public static byte[] Bytes(string text) =>
    [
        .. text.Split('\n').Select(line => line.Split('#')[0])
            .SelectMany(line => line.Where(char.IsAsciiHexDigit))
            .Chunk(2)
            .Select(pair => byte.Parse(pair, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
    ];
}
