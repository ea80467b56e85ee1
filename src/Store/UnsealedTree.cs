namespace CondaFuse.Store;

/// <summary>What a creation left at a prefix.</summary>
public enum UnsealedTree
{
    /// <summary>Nothing, or empty directories.</summary>
    Nothing,

    /// <summary>Files, but not (yet) an environment.</summary>
    Files,

    /// <summary>An environment: it has a <c>conda-meta/history</c>.</summary>
    Environment,
}
