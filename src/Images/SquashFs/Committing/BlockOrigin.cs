using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Where a block of a changed file, or what is left behind its last full block, is already.</summary>
internal readonly record struct BlockOrigin
{
    public BlockOriginKind Kind { get; private init; }

    /// <summary>Of a stored block: where it starts.</summary>
    public long Position { get; private init; }

    /// <summary>Of a stored block: its size.</summary>
    public uint Size { get; private init; }

    public uint Fragment { get; private init; }

    public uint FragmentOffset { get; private init; }

    /// <summary>Where what follows a stored block starts.</summary>
    public long End => Position + (Size & ~SquashFsFormat.DataUncompressed);

    public static BlockOrigin Zeros => new() { Kind = BlockOriginKind.Zeros };

    public static BlockOrigin Block(long position, uint size) =>
        size == 0 ? Zeros : new() { Kind = BlockOriginKind.Block, Position = position, Size = size };

    public static BlockOrigin InFragment(uint fragment, uint offset) =>
        new() { Kind = BlockOriginKind.Fragment, Fragment = fragment, FragmentOffset = offset };
}
