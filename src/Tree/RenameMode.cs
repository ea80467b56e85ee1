namespace CondaFuse.Tree;

/// <summary>What becomes of an entry that has the new name already.</summary>
public enum RenameMode
{
    /// <summary>It is replaced, if its kind allows it.</summary>
    Replace,

    /// <summary>The renaming fails.</summary>
    NoReplace,

    /// <summary>It gets the old name.</summary>
    Exchange,
}
