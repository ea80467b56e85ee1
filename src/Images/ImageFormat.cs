using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images;

/// <summary>Tells formats apart by what a file holds, not by its name.</summary>
internal static class ImageFormat
{
    /// <summary>Whether a file is a zip archive, whole or damaged; what is neither that nor SquashFS counts as a damaged SquashFS.</summary>
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
