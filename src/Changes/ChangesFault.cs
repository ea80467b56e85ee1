using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>Why changes beside an image cannot be used. The numbers are stable: tests and scripts may rely on them.</summary>
public enum ChangesFault
{
    /// <summary>The storage below failed.</summary>
    Storage = 1,

    /// <summary>A file is not what its name says.</summary>
    NotAJournal = 2,

    /// <summary>A version of the format that is not read here: a newer program wrote it.</summary>
    Version = 3,

    /// <summary>Written by a machine with another order of bytes.</summary>
    ByteOrder = 4,

    /// <summary>They are those of another image.</summary>
    OtherImage = 5,

    /// <summary>They are those of another generation of this image.</summary>
    OtherGeneration = 6,

    /// <summary>What they build on was neither merged into the image nor is it there.</summary>
    Incomplete = 7,

    /// <summary>What had been synced cannot be read as it was written.</summary>
    Damaged = 8,
}

/// <summary>Changes beside an image that cannot be used. They are left as they are.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">Which file, and what it says.</param>
/// <param name="inner">What caused it.</param>
public sealed class ChangesException(ChangesFault fault, string message, Exception? inner = null)
    : TreeException(fault == ChangesFault.Storage ? TreeFailure.Storage : TreeFailure.Corrupt, message, inner)
{
    /// <summary>Why.</summary>
    public ChangesFault Fault { get; } = fault;

    /// <summary>For <see cref="ChangesFault.OtherGeneration"/>: the generation that they build on.</summary>
    public long? Generation { get; init; }
}
