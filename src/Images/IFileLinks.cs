using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>A tree whose files are files of the disk, and may get further names there.</summary>
public interface IFileLinks
{
    /// <summary>Gives a file a further name: hard links share content and all attributes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="directory">A directory of the disk.</param>
    /// <param name="name">The name there; not used yet.</param>
    /// <returns>False where it must not, or cannot, be one file in both places: then it is to be copied.</returns>
    /// <exception cref="TreeException">It failed otherwise.</exception>
    bool TryLink(NodeId file, HandleLease directory, ReadOnlySpan<byte> name);
}
