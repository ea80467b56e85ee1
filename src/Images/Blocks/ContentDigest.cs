using System.Runtime.InteropServices;

namespace CondaFuse.Images.Blocks;

/// <summary>Stands for content of a length: equal for equal content, different for different content but for one case in 2^120.</summary>
/// <remarks>Laid out without gaps: there is one for each block and each short file.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal readonly record struct ContentDigest(int Length, ulong First, ulong Second, ulong Third, ulong Fourth)
{
    /// <summary>The parts are evenly spread: any bits will do.</summary>
    public override int GetHashCode() => (int)First ^ (int)Fourth;
}
