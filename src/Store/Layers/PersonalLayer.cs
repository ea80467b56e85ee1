namespace CondaFuse.Store.Layers;

/// <summary>A folder of changes that are one user's own: it says which image they are of (docs/formats.md, "Names beside an archive").</summary>
internal static class PersonalLayer
{
    private const string ImageFile = "image";

    /// <summary>Path of the image that a layer is of; null if nobody wrote it down.</summary>
    internal static string? ImageOf(string folder)
    {
        var file = Path.Combine(folder, ImageFile);
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\n') : null;
    }

    /// <summary>Writes it down.</summary>
    internal static void NoteImage(string folder, string image)
    {
        if (ImageOf(folder) != image)
        {
            File.WriteAllText(Path.Combine(folder, ImageFile), $"{image}\n");
        }
    }
}
