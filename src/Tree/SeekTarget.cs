namespace CondaFuse.Tree;

/// <summary>What to look for in a file.</summary>
public enum SeekTarget
{
    /// <summary>Bytes that are stored.</summary>
    Data,

    /// <summary>Zeros that are not stored, or the end of the file.</summary>
    Hole,
}
