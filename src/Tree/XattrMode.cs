namespace CondaFuse.Tree;

/// <summary>What setting an extended attribute expects.</summary>
public enum XattrMode
{
    /// <summary>Nothing: it is made or replaced.</summary>
    Any,

    /// <summary>That there is none of that name.</summary>
    Create,

    /// <summary>That there is one of that name.</summary>
    Replace,
}
