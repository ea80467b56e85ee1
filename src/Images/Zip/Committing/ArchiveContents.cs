using CondaFuse.Images.Zip.Wire;
using CondaFuse.Images.Zip.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Committing;

/// <summary>Content of changed files that is still as the archive has it.</summary>
/// <param name="tree">The changed tree.</param>
/// <param name="archive">The archive.</param>
internal sealed class ArchiveContents(ILayeredTree tree, ZipTree archive) : IKnownContent
{
    public StoredPiece? Find(in Attributes file)
    {
        var content = tree.GetContent(file.Node);
        if (content is not [{ Origin: ContentOrigin.Base, Offset: 0, BaseOffset: 0 } piece] || archive.Table.FindNumber(piece.BaseInode) is not (> 0 and var number))
        {
            return null;
        }

        ref readonly var inode = ref archive.Table.Inode(number);
        if (inode.Size != piece.Length || inode.Size != file.Size)
        {
            return null;
        }

        return (inode.Flags & ZipFormat.EncryptedFlag) == 0
            ? new StoredPiece(number, inode.StoredBytes, inode.Crc, inode.Method, (ushort)(inode.Flags & ZipFormat.MethodFlags))
            : throw new ImageException(
                ImageFault.Encrypted, $"{archive.File.Path}: the entry at {inode.LocalHeader} is encrypted, and cannot be written anew; remove it, or decrypt the archive with its own tool.");
    }

    public long Locate(in StoredPiece content) => archive.Entries.LocateStored(content.Entry);

    public void Read(long position, Span<byte> destination) => archive.File.Read(position, destination);

    /// <summary>Whether a file's content is that of an entry of the archive.</summary>
    public bool IsOf(NodeId file, ulong number) =>
        tree.GetContent(file) is [] or [{ Origin: ContentOrigin.Base, BaseOffset: 0 } _] && tree.GetContent(file).All(piece => piece.BaseInode == number);
}
