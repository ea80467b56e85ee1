using CondaFuse.Platform;

namespace CondaFuse.Store.Creating;

/// <summary>Decides where a new environment is made (decision 8).</summary>
public static class CreationPlaces
{
    /// <summary>
    /// On the plain file system where that is this machine's own and holds conda's packages too, so that conda can link instead of copying; else in a mount,
    /// where tens of thousands of small files are two large ones to the file system and its quota.
    /// </summary>
    /// <param name="mountRoot">Below which environments are mounted.</param>
    /// <param name="packageCache">Where conda keeps its packages.</param>
    public static CreationPlace Choose(string mountRoot, string packageCache) =>
        FileSystems.IsLocal(mountRoot) && FileSystems.AreOne(mountRoot, packageCache) ? CreationPlace.Native : CreationPlace.Mount;
}
