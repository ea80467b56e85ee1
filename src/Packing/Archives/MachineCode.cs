using System.Buffers.Binary;

namespace CondaFuse.Packing.Archives;

/// <summary>Programs and libraries: ELF files, by their header (System V ABI, "ELF Header").</summary>
internal static class MachineCode
{
    /// <summary>Where the machine stands, and after how many bytes it ends.</summary>
    private const int MachineOffset = 18, HeaderBytes = 20;

    /// <summary><c>EM_386</c>, <c>EM_X86_64</c>.</summary>
    private const ushort I386 = 3, X64 = 62;

    /// <summary>Whether a file that begins so is one for x86. A header that a read cuts off counts as none.</summary>
    public static bool IsForX86(ReadOnlySpan<byte> start) =>
        start.Length >= HeaderBytes
        && start.StartsWith("\u007fELF"u8)
        && BinaryPrimitives.ReadUInt16LittleEndian(start[MachineOffset..]) is I386 or X64;
}
