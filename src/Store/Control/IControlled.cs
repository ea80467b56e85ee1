namespace CondaFuse.Store.Control;

/// <summary>A served mount, as its control socket reaches it.</summary>
public interface IControlled
{
    /// <summary>How it is.</summary>
    MountStatus Status { get; }

    /// <summary>Returns when everything that was changed so far is on the storage.</summary>
    void Sync();

    /// <summary>When the mount ends, its changes stay beside the archive.</summary>
    void KeepChanges();
}
