namespace CondaFuse.Changes.Rebasing;

/// <summary>Which side counts where both did something else.</summary>
public enum RebaseSide
{
    /// <summary>The layer.</summary>
    Mine,

    /// <summary>The image.</summary>
    Theirs,
}
