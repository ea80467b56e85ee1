using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.Zip;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Opens images of any format.</summary>
public static class ImageTree
{
    /// <summary>Opens an image; the format is recognized by its content.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImageException">It is not an image, is damaged, or needs an unsupported feature.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static INumberedTree Open(string path) => ImageFormat.IsZip(path) ? ZipTree.Open(path) : SquashFsTree.Open(path);

    /// <summary>Length of an image in bytes, wherever it is.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static long LengthOf(string path)
    {
        using var file = new ImageFile(path);
        return file.Length;
    }

    /// <summary>Whether commits append generations to the file; if not, it is a zip archive.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static bool HasGenerations(string path) => !ImageFormat.IsZip(path);
}

/// <summary>Recognizes formats by content instead of file name.</summary>
internal static class ImageFormat
{
    /// <summary>Whether a file is an intact or damaged zip archive. A file that is neither zip nor SquashFS counts as a damaged SquashFS.</summary>
    public static bool IsZip(ImageFile file)
    {
        var first = file.Length >= sizeof(uint) ? file.Read<uint>(0) : 0;
        return first switch
        {
            SquashFsFormat.Magic => false,
            ZipFormat.LocalSignature => true,
            _ => EndRecord.TryFind(file, out var fault) is not null || fault is not null,
        };
    }

    /// <summary>The same.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static bool IsZip(string path)
    {
        using var file = new ImageFile(path);
        return IsZip(file);
    }
}
