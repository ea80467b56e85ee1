namespace CondaFuse.Changes;

/// <summary>What a <see cref="ChangeFolder"/> needs of its surroundings.</summary>
public sealed record ChangeFolderOptions
{
    /// <summary>
    /// Takes the writer lock, and makes sure that the image is still of the generation that the changes are for. The folder is there when it is called.
    /// It throws a <see cref="Tree.TreeException"/> (<see cref="Tree.TreeFailure.ReadOnly"/>) that says who writes, or why nobody can. The lock is given
    /// back when the folder is disposed.
    /// </summary>
    public required Func<IDisposable> TakeLock { get; init; }

    /// <summary>Takes a sentence about what was found and done: a torn end, leftovers that cannot be removed.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Tells when a segment is begun.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Names a new segment.</summary>
    public Func<Guid> NewSegment { get; init; } = Guid.NewGuid;
}
