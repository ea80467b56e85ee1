namespace CondaFuse.Compression;

/// <summary>Filters that make machine code compress better. A bit each, as SquashFS names them (<c>xz_wrapper.h</c>).</summary>
[Flags]
public enum XzFilters : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>x86 and x86-64.</summary>
    X86 = 1,

    /// <summary>PowerPC, big endian.</summary>
    PowerPc = 2,

    /// <summary>Itanium.</summary>
    Ia64 = 4,

    /// <summary>ARM, 32 bits.</summary>
    Arm = 8,

    /// <summary>ARM-Thumb.</summary>
    ArmThumb = 16,

    /// <summary>SPARC.</summary>
    Sparc = 32,
}
