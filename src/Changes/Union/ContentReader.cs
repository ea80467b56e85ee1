using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Reads content out of its runs.</summary>
internal static class ContentReader
{
    /// <summary>Fills the destination from an offset on.</summary>
    /// <returns>Bytes read: less than asked for only at the end.</returns>
    public static int Read(Source source, Content? content, long offset, Span<byte> destination)
    {
        var length = (int)Math.Clamp(Content.LengthOf(content) - offset, 0, destination.Length);
        for (var done = 0; done < length;)
        {
            var extent = content!.Find(offset + done, out var into);
            var piece = destination[done..(int)Math.Min(length, done + (extent.Length - into))];
            Read(source, extent.Source, extent.Start + into, piece);
            done += piece.Length;
        }

        return length;
    }

    private static void Read(Source source, ulong inode, long offset, Span<byte> destination)
    {
        switch (inode)
        {
            case Extent.Zeros:
                destination.Clear();
                break;
            case Extent.Data:
                source.ReadData(offset, destination);
                break;
            default:
                if (!source.Base.TryFindInode(inode, out var node) || source.Base.Read(node, offset, destination) < destination.Length)
                {
                    throw new TreeException(TreeFailure.Corrupt, $"Inode {inode} holds less than the {destination.Length} bytes at {offset} that were shared.");
                }

                break;
        }
    }
}
