using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Disk;

/// <summary>The directory that a tree is extracted into.</summary>
internal static class ExtractionTarget
{
    private const uint OwnerOnly = 0x1C0; // 0o700: until it is restored

    /// <summary>Opens the directory, creating it if necessary. Even if its path changes afterwards, the same directory is used.</summary>
    /// <exception cref="TreeException">It is not empty, or cannot be created.</exception>
    public static SafeFileHandle Open(string path)
    {
        SafeFileHandle directory;
        try
        {
            directory = Make(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TreeException(TreeFailure.Storage, exception.Message, exception);
        }
        catch (PlatformException exception)
        {
            throw DiskFailure.Of(exception, path);
        }

        using var lease = new HandleLease(directory);
        using var listing = new DirectoryListing(EntryOpening.Directory(lease, "."u8));
        if (listing.MoveNext())
        {
            directory.Dispose();
            throw new TreeException(TreeFailure.NotEmpty, $"{path} is not empty.");
        }

        return directory;
    }

    private static SafeFileHandle Make(string path)
    {
        if (Path.GetDirectoryName(path) is not { } above)
        {
            return EntryOpening.Directory(path);
        }

        Directory.CreateDirectory(above);
        using var parent = EntryOpening.Directory(above);
        using var lease = new HandleLease(parent);
        var name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        try
        {
            EntryCreation.Directory(lease, name, OwnerOnly);
        }
        catch (PlatformException exception) when (exception.Errno == Errno.EEXIST)
        {
            return EntryOpening.Directory(path); // specified by the user, so it may be a symlink
        }

        return EntryOpening.Directory(lease, name);
    }
}

/// <summary>An entry to be written to disk.</summary>
internal readonly record struct ExtractedEntry(DiskNode Place, Attributes Attributes);
