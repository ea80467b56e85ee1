using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Content that an archive has already.</summary>
internal interface IKnownContent
{
    /// <summary>Finds a file's content.</summary>
    /// <returns>Null if it is not.</returns>
    StoredPiece? Find(in Attributes file);

    /// <summary>Where it is stored.</summary>
    long Locate(in StoredPiece content);

    /// <summary>Reads stored bytes.</summary>
    void Read(long position, Span<byte> destination);
}
