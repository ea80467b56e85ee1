using CondaFuse.Changes;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Store.Layers;

/// <summary>Opens the changes of an image.</summary>
public static class KeptChanges
{
    /// <summary>Opens them for reading; nothing is created on disk.</summary>
    /// <exception cref="StoreException">They do not belong to the image: they are kept, and the message says what to do.</exception>
    public static ChangeFolder Open(ArchiveState state, TimeProvider clock) => Open(
        state, clock, _ => { }, () => throw new TreeException(TreeFailure.ReadOnly, $"{state.Place.Folder} was opened to be read"));

    /// <summary>Opens them.</summary>
    /// <param name="state">The image.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Receives warnings for the user.</param>
    /// <param name="takeLock">Takes the write lock at the first change.</param>
    /// <exception cref="StoreException">They do not belong to the image, or (<see cref="StoreFault.Stale"/>) belong to an earlier generation of it:
    /// they are kept, and the message says what to do.</exception>
    public static ChangeFolder Open(ArchiveState state, TimeProvider clock, Action<string> log, Func<IDisposable> takeLock)
    {
        var version = state.Version;
        try
        {
            return OpenOn(version, state, clock, log, takeLock);
        }
        catch (ChangesException failure) when (failure.Fault == ChangesFault.OtherImage)
        {
            throw Mismatched(state, $"belong to another archive that was at {state.Image} before", failure);
        }
        catch (ChangesException failure) when (failure.Fault == ChangesFault.OtherGeneration && failure.Generation < version.Generation)
        {
            throw FormerBase.Stale(state, failure.Generation ?? 0, failure);
        }
        catch (ChangesException failure) when (failure.Fault is ChangesFault.OtherGeneration or ChangesFault.Incomplete)
        {
            throw Mismatched(
                state,
                $"build on another state of {state.Image} than it is in (generation {failure.Generation ?? 0}, it is at {version.Generation})",
                failure);
        }
        catch (ChangesException failure) when (failure.Fault is ChangesFault.Version or ChangesFault.ByteOrder)
        {
            throw Mismatched(
                state,
                $"were written by another version of condafuse or on another kind of machine: {failure.Message}",
                failure);
        }
        catch (ChangesException failure) when (failure.Fault != ChangesFault.Storage)
        {
            throw Mismatched(state, $"are damaged: {failure.Message}", failure);
        }
    }

    /// <summary>The base that changes of a generation have.</summary>
    internal static ChangeBase BaseOf(GenerationInfo version) => new(version.Identity, version.Generation, version.MergedSegment ?? Guid.Empty);

    /// <summary>Opens them as changes of a generation, which need not be the image's current one.</summary>
    /// <exception cref="ChangesException">They belong to another generation, or cannot be used.</exception>
    internal static ChangeFolder OpenOn(
        GenerationInfo version, ArchiveState state, TimeProvider clock, Action<string> log, Func<IDisposable> takeLock) =>
        ChangeFolder.Open(
            new DiskStorage(state.Place.Guard),
            state.Place.Folder,
            BaseOf(version),
            new ChangeFolderOptions { Clock = clock, Log = log, TakeLock = takeLock });

    /// <summary>Opens them for reading, whether they build on the image's current generation or an earlier one.</summary>
    /// <returns>The changes, and their base.</returns>
    /// <exception cref="StoreException">They do not belong to the image, or it no longer holds that generation.</exception>
    internal static (ChangeFolder Changes, GenerationInfo Base) OpenWithBase(ArchiveState state, TimeProvider clock)
    {
        try
        {
            return (Open(state, clock), state.Version);
        }
        catch (StoreException stale) when (stale is { Fault: StoreFault.Stale, InnerException: ChangesException { Generation: { } generation } }
            && FormerBase.Find(state, generation) is { } before)
        {
            static IDisposable Refuse(string folder) => throw new TreeException(TreeFailure.ReadOnly, $"{folder} was opened to be read");
            return (OpenOn(before, state, clock, _ => { }, () => Refuse(state.Place.Folder)), before);
        }
    }

    /// <summary>The number and size of the changes.</summary>
    public static PendingAmount Count(ArchiveState state, TimeProvider clock)
    {
        if (!state.Place.HasChanges)
        {
            return new PendingAmount(0, 0);
        }

        using var changes = Open(state, clock);
        return new PendingAmount(changes.Summary.Changes, state.Place.ReadBytes());
    }

    /// <summary>The failure for changes that cannot be used with their archive, with advice.</summary>
    /// <param name="state">The archive.</param>
    /// <param name="why">What is wrong with them: a verb and its complement.</param>
    /// <param name="failure">The failure that was found.</param>
    internal static StoreException Mismatched(ArchiveState state, string why, TreeException failure) => new(
        StoreFault.Mismatched,
        $"the changes in {state.Place.Folder} {why}; they are kept, and the environment is not mounted",
        failure)
    {
        Hint = $"condafuse discard {ShellArgument.Of(System.IO.Path.GetFileNameWithoutExtension(state.Image))} removes them; "
            + "or move that directory away",
        Path = state.Place.Folder,
    };
}

/// <summary>
/// Counts changes as a user understands them: operations, without the journal's own records. For one writer and any number of readers.
/// </summary>
public sealed class PendingCounter : IChangeSink
{
    private long _count;

    /// <summary>Their number.</summary>
    public long Count
    {
        get => Volatile.Read(ref _count);
        set => Volatile.Write(ref _count, value);
    }

    /// <summary>Counts a change.</summary>
    public void Add(ChangeKind kind)
    {
        if (kind is not (ChangeKind.Synced or ChangeKind.Forget))
        {
            Count++;
        }
    }

    /// <inheritdoc/>
    public void Apply(in Change change) => Add(change.Kind);
}
