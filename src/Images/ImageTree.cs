using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Zip;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Opens images of any format.</summary>
public static class ImageTree
{
    /// <summary>Opens an image, of the format that its content shows.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImageException">It is not an image, or damaged, or needs what is not read here.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static INumberedTree Open(string path) => ImageFormat.IsZip(path) ? ZipTree.Open(path) : SquashFsTree.Open(path);

    /// <summary>Whether commits append generations to a file; else it is a zip archive.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static bool HasGenerations(string path) => !ImageFormat.IsZip(path);
}
