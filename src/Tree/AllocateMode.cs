namespace CondaFuse.Tree;

/// <summary>What to do with a range of a file.</summary>
public enum AllocateMode
{
    /// <summary>Reserve room for it; the file grows.</summary>
    Reserve,

    /// <summary>Reserve room for it; the file keeps its length.</summary>
    ReserveKeepingSize,

    /// <summary>Make a hole of it; the file keeps its length.</summary>
    PunchHole,

    /// <summary>Make it zeros; the file grows.</summary>
    Zero,

    /// <summary>Make it zeros; the file keeps its length.</summary>
    ZeroKeepingSize,

    /// <summary>Cut it out: what lies behind moves forward.</summary>
    Collapse,

    /// <summary>Insert a hole before it: what lies there and behind moves back.</summary>
    Insert,
}
