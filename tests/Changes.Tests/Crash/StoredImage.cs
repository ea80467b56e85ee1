using System.Buffers.Binary;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>An image of which only its identification is stored: one sector, which a crash leaves in its old or new form.</summary>
internal static class StoredImage
{
    private const string Folder = "/store";
    private const string Name = "image";

    /// <summary>Number of the image's file.</summary>
    public const int File = 1;

    /// <summary>A storage with an image of generation 1.</summary>
    public static RecordedStorage NewStorage()
    {
        var image = new StoredFile(File);
        image.Write(0, Bytes(1, Guid.Empty));
        return new RecordedStorage([(Folder, [(Name, image)])]);
    }

    /// <summary>Reads the identification.</summary>
    public static ChangeBase Read(RecordedStorage storage, ChangeBase image)
    {
        var bytes = storage.Folders[Folder][Name].Bytes;
        return image with { Generation = BinaryPrimitives.ReadInt64LittleEndian(bytes), Merged = new Guid(bytes[8..24]) };
    }

    /// <summary>Writes the identification after a commit.</summary>
    public static void Write(RecordedStorage storage, long generation, Guid merged)
    {
        using var folder = storage.TryOpenFolder(Folder)!;
        using var image = folder.Open(Name, StorageAccess.Write);
        image.WriteAt(0, Bytes(generation, merged));
        image.Sync();
    }

    private static byte[] Bytes(long generation, Guid merged)
    {
        var bytes = new byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, generation);
        merged.TryWriteBytes(bytes.AsSpan(8));
        return bytes;
    }
}
