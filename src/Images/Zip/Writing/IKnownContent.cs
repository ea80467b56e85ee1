using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Content that an archive has already.</summary>
internal interface IKnownContent
{
    /// <summary>Finds where a file's content is stored.</summary>
    /// <returns>Null if it is not.</returns>
    StoredPiece? Find(in Attributes file);

    /// <summary>Reads stored bytes.</summary>
    void Read(long position, Span<byte> destination);
}
