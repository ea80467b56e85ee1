using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>A run of a file's content: bytes of a file of the base, of the data file, or zeros.</summary>
/// <param name="Source">The base file's inode number, or <see cref="Zeros"/>, or <see cref="Data"/>.</param>
/// <param name="Start">Offset of the run in the source; 0 for zeros.</param>
/// <param name="Length">Length in bytes: at least 1.</param>
internal readonly record struct Extent(ulong Source, long Start, long Length)
{
    /// <summary>Source of zeros that are not stored: no inode has this number.</summary>
    public const ulong Zeros = 0;

    /// <summary>Source of written content: inode numbers are shorter.</summary>
    public const ulong Data = ulong.MaxValue;

    public bool IsZeros => Source == Zeros;

    public bool IsData => Source == Data;

    /// <summary>The first <paramref name="length"/> bytes of the run.</summary>
    public Extent Take(long length) => this with { Length = length };

    /// <summary>The run without its first <paramref name="length"/> bytes.</summary>
    public Extent Skip(long length) => new(Source, IsZeros ? 0 : Start + length, Length - length);

    /// <summary>The run as a piece of a file, at an offset.</summary>
    public ContentPiece PieceAt(long offset) => Source switch
    {
        Zeros => new ContentPiece(offset, Length, ContentOrigin.Zeros),
        Data => new ContentPiece(offset, Length, ContentOrigin.Written),
        _ => new ContentPiece(offset, Length, ContentOrigin.Base, Source, Start),
    };

    /// <summary>Whether another run starts where this one ends, so that they can be joined.</summary>
    public bool IsContinuedBy(in Extent next) => Source == next.Source && (IsZeros || Start + Length == next.Start);
}

/// <summary>Reads content from its runs.</summary>
internal static class ContentReader
{
    /// <summary>Fills the destination from an offset on.</summary>
    /// <returns>Bytes read; fewer than requested only at the end.</returns>
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
                    throw new TreeException(
                        TreeFailure.Corrupt, $"Inode {inode} holds less than the {destination.Length} bytes at {offset} that were shared.");
                }

                break;
        }
    }
}
