using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Where a file's content is, in its stored inode.</summary>
internal static class FilePlace
{
    /// <summary>Sets where the blocks start, and the index of the fragment.</summary>
    public static void Set(Span<byte> inode, long start, uint fragment)
    {
        var body = inode[Unsafe.SizeOf<RawInodeHeader>()..];
        if (MemoryMarshal.Read<RawInodeHeader>(inode).Type == (ushort)InodeType.ExtendedFile)
        {
            ref var raw = ref MemoryMarshal.AsRef<RawExtendedFile>(body);
            (raw.FirstBlock, raw.Fragment) = ((ulong)start, fragment);
        }
        else
        {
            ref var raw = ref MemoryMarshal.AsRef<RawFile>(body);
            (raw.FirstBlock, raw.Fragment) = (start <= uint.MaxValue ? (uint)start : throw TooFar(start), fragment);
        }
    }

    private static TreeException TooFar(long start) => new(TreeFailure.FileTooLarge, $"A file's blocks would start at {start}, where its inode cannot say so.");
}
