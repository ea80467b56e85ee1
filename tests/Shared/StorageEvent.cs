namespace CondaFuse.Tests.Shared;

/// <summary>The kind of an operation on a <see cref="RecordedStorage"/>.</summary>
internal enum StorageEventKind
{
    MakeFolder,
    Create,
    Rename,
    Remove,
    SyncFolder,
    Write,
    Truncate,
    SyncFile,
}

/// <summary>One call that changed a storage, or waited for it.</summary>
/// <param name="Kind">The kind of call.</param>
/// <param name="Folder">Path of the folder; empty for calls on an open file.</param>
/// <param name="Name">The name in it.</param>
/// <param name="NewName">The new name, for a rename.</param>
/// <param name="File">Number of the file, from 1; 0 for calls about names.</param>
/// <param name="Offset">The position of a write, or the new length.</param>
/// <param name="Content">The written bytes.</param>
internal readonly record struct StorageEvent(
    StorageEventKind Kind, string Folder = "", string Name = "", string NewName = "", int File = 0, long Offset = 0, byte[]? Content = null)
{
    public override string ToString() => $"{Kind} {Folder} {Name} {NewName} #{File} @{Offset} +{Content?.Length ?? 0}";
}
