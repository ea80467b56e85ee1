using System.Text;
using CondaFuse.Platform;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Layers;

/// <summary>A folder of changes that are one user's own: it says which image they are of (docs/formats.md, "Names beside an archive").</summary>
internal static class PersonalLayer
{
    private const int MaxPath = 4096;

    /// <summary>Path of the image that a layer is of; null if nobody wrote it down, or somebody else could have.</summary>
    internal static string? ImageOf(string folder)
    {
        try
        {
            using var opened = new DiskStorage(LayerGuard.Personal()).TryOpenFolder(folder);
            if (opened?.StatusOf(WriterFiles.ImageName) is null)
            {
                return null;
            }

            using var file = opened.Open(WriterFiles.ImageName, StorageAccess.Read);
            var bytes = new byte[MaxPath];
            return Encoding.UTF8.GetString(bytes.AsSpan(0, file.ReadAt(0, bytes))).TrimEnd('\n');
        }
        catch (Exception failure) when (failure is StoreException or IOException)
        {
            return null;
        }
    }

    /// <summary>Writes it down.</summary>
    internal static void NoteImage(string folder, string image)
    {
        if (ImageOf(folder) == image)
        {
            return;
        }

        using var opened = new DiskStorage(LayerGuard.Personal()).MakeFolder(folder);
        using var file = opened.Open(WriterFiles.ImageName, opened.StatusOf(WriterFiles.ImageName) is null ? StorageAccess.Create : StorageAccess.Write);
        file.Truncate(0);
        file.WriteAt(0, Encoding.UTF8.GetBytes($"{image}\n"));
    }
}
