using CondaFuse.Platform;

namespace CondaFuse.Store.Writing;

/// <summary>The files of a folder of changes that say who may write (docs/formats.md, "Writers").</summary>
/// <param name="Folder">The folder.</param>
public sealed record WriterFiles(string Folder)
{
    /// <summary>Locked by the writer; its text says who that is.</summary>
    public string Lock => Path.Combine(Folder, "writer");

    /// <summary>Takes the lock's place where locks do not work.</summary>
    public string Lease => Path.Combine(Folder, "lease");

    /// <summary>
    /// Removes the folder and all in it; only for who has the right to write. That right goes last: whoever takes it next may be there before the
    /// folder is gone, and loses nothing.
    /// </summary>
    public void RemoveFolder()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(Folder).Where(file => file != Lock && file != Lease))
        {
            File.Delete(file);
        }

        string[] right = File.Exists(Lease) ? [Lock, Lease] : [Lock];
        Array.ForEach(right, File.Delete);
        try
        {
            EntryRemoval.EmptyDirectory(Folder);
        }
        catch (PlatformException failure) when (failure.Errno is Errno.ENOTEMPTY or Errno.ENOENT)
        {
            // Somebody else's by now.
        }
    }
}
