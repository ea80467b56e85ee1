using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>Why the changes beside an image cannot be used. The numbers are stable: tests and scripts may rely on them.</summary>
public enum ChangesFault
{
    /// <summary>The storage below failed.</summary>
    Storage = 1,

    /// <summary>A file is not of the type that its name says.</summary>
    NotAJournal = 2,

    /// <summary>The format's version is not supported: a newer program wrote it.</summary>
    Version = 3,

    /// <summary>Written by a machine with a different byte order.</summary>
    ByteOrder = 4,

    /// <summary>The changes belong to another image.</summary>
    OtherImage = 5,

    /// <summary>The changes belong to another generation of this image.</summary>
    OtherGeneration = 6,

    /// <summary>The segment that they build on is missing, and was not merged into the image.</summary>
    Incomplete = 7,

    /// <summary>Data that had been synced cannot be read as it was written.</summary>
    Damaged = 8,
}

/// <summary>The changes beside an image cannot be used. They are left as they are.</summary>
/// <param name="fault">The reason.</param>
/// <param name="message">The file and what is wrong with it.</param>
/// <param name="inner">The cause.</param>
public sealed class ChangesException(ChangesFault fault, string message, Exception? inner = null)
    : TreeException(fault == ChangesFault.Storage ? TreeFailure.Storage : TreeFailure.Corrupt, message, inner)
{
    /// <summary>The reason.</summary>
    public ChangesFault Fault { get; } = fault;

    /// <summary>For <see cref="ChangesFault.OtherGeneration"/>: the generation that the changes build on.</summary>
    public long? Generation { get; init; }
}
