using CondaFuse.Images;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Writing;

/// <summary>Files beside an archive left by a writer that was killed after its changes had been committed.</summary>
internal static class DeadWriter
{
    /// <summary>
    /// Removes them if no process writes and there are no uncommitted changes. The write lock is taken briefly: a process that begins to write
    /// meanwhile waits and is not refused. The files of a writer that is alive, or whose state is unknown here, are kept.
    /// </summary>
    public static void Sweep(WriteContext context)
    {
        var (state, place) = (context.State, context.State.Place);
        try
        {
            if (!place.Files.HasWriterFiles())
            {
                place.Files.TryRemoveEmptyFolder(); // it was killed during the last step of cleaning up
                return;
            }

            if (WriterClaim.Look(place.Files, context.Self, context.Locks).IsHeld)
            {
                return;
            }

            using var claim = WriterClaim.TryTakeBriefly(place.Files, context.Self, context.Locks, context.Clock);
            if (claim is not null && GenerationInfo.Read(state.Image) == state.Version && KeptChanges.Count(state, context.Clock).Changes == 0)
            {
                place.RemoveFiles(); // the archive already holds the changes of the remaining journal
                place.RemoveIfEmpty();
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException or TreeException)
        {
            context.Log($"{place.Folder} cannot be cleaned up: {failure.Message}");
        }
    }
}
