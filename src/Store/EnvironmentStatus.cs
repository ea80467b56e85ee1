using CondaFuse.Images;

namespace CondaFuse.Store;

/// <summary>What the list says of one environment.</summary>
/// <param name="Name">Its name; for an image mounted from elsewhere, that of the file.</param>
/// <param name="Archive">Path of the archive.</param>
/// <param name="Format">The format's name.</param>
/// <param name="Bytes">Size of the archive; null if the file is gone.</param>
/// <param name="Summary">What the image says of itself; null if it cannot be read.</param>
/// <param name="Problem">Why the image cannot be read, that its mount is dead, or that another archive has its name; null if all is well.</param>
/// <param name="Mount">Its mount, if any.</param>
/// <param name="Pending">What was changed since the archive was written; null if that cannot be told.</param>
/// <param name="MountedGeneration">The generation that its mount shows; null without a mount, and if that cannot be told.</param>
/// <param name="Shown">What the history says of that generation, where it is not the newest.</param>
public sealed record EnvironmentStatus(
    string Name, string Archive, string? Format, long? Bytes, ImageSummary? Summary, string? Problem, LiveMount? Mount, PendingAmount? Pending, long? MountedGeneration,
    GenerationEntry? Shown = null)
{
    /// <summary>What to do about the problem; null if there is none.</summary>
    public string? Remedy { get; init; }

    /// <summary>The newest generation with an environment, where the archive's newest holds none; null otherwise.</summary>
    public long? LastEnvironment { get; init; }

    /// <summary>Entries of what is shown: of the mounted generation, or the newest; null if that cannot be told.</summary>
    public long? Files => Shown is null ? Summary?.Inodes : Shown.Counts?.Total;

    /// <summary>Lengths of all files of the same; null if that cannot be told.</summary>
    public long? UncompressedBytes => Shown is null ? Summary?.UncompressedBytes : Shown.ContentBytes;
}
