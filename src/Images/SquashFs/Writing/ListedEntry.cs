using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>An entry of a listing that is to be written.</summary>
/// <param name="NameStart">Where its name starts among the names that come with it.</param>
/// <param name="NameLength">Length of the name in bytes.</param>
/// <param name="Type">A basic type.</param>
/// <param name="Number">Inode number.</param>
/// <param name="Reference">Where the inode was written.</param>
internal readonly record struct ListedEntry(int NameStart, int NameLength, InodeType Type, uint Number, InodeReference Reference)
{
    public ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> names) => names.Slice(NameStart, NameLength);
}
