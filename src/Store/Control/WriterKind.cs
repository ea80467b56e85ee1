namespace CondaFuse.Store.Control;

/// <summary>Who writes an environment, as its server sees it.</summary>
public enum WriterKind
{
    /// <summary>Nobody: the next change would take the right to.</summary>
    None,

    /// <summary>That server.</summary>
    Mine,

    /// <summary>Somebody else.</summary>
    Other,
}
