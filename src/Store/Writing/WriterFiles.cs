namespace CondaFuse.Store.Writing;

/// <summary>The files of a folder of changes that say who may write (docs/formats.md, "Writers").</summary>
/// <param name="Folder">The folder.</param>
public sealed record WriterFiles(string Folder)
{
    /// <summary>Locked by the writer; its text says who that is.</summary>
    public string Lock => Path.Combine(Folder, "writer");

    /// <summary>Takes the lock's place where locks do not work.</summary>
    public string Lease => Path.Combine(Folder, "lease");
}
