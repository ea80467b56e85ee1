namespace CondaFuse.Platform;

/// <summary>
/// Where files are kept that must survive a crash. Everything that is written to journals and images goes through here, so that a test can record
/// it, let it fail, and rebuild what a power cut would leave. Failures are <see cref="PlatformException"/>s with the storage's error number.
/// </summary>
public interface IStorage
{
    /// <summary>The same storage without a guard (<see cref="IEntryGuard"/>): to ask for room, where nothing is read or made.</summary>
    IStorage Unguarded => this;

    /// <summary>Opens a folder.</summary>
    /// <returns>Null if there is none.</returns>
    IStorageFolder? TryOpenFolder(string path);

    /// <summary>Opens a folder, making it and those above it where they are missing: they are on the storage when this returns.</summary>
    IStorageFolder MakeFolder(string path);
}
