namespace CondaFuse.Images.Blocks;

/// <summary>Stands for content of a length: equal for equal content, different for different content but for one case in 2^120.</summary>
internal readonly record struct ContentDigest(int Length, UInt128 First, UInt128 Second)
{
    /// <summary>The halves are evenly spread: any bits will do.</summary>
    public override int GetHashCode() => (int)(ulong)First ^ (int)(ulong)(Second >> 64);
}
