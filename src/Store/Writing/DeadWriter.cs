using CondaFuse.Images;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Writing;

/// <summary>What a writer left beside an archive whose process was killed after its changes had got into the archive.</summary>
internal static class DeadWriter
{
    /// <summary>
    /// Removes it, where nobody writes and no changes are pending. The write lock is taken briefly for that: a process that begins to write
    /// meanwhile waits for it and is not refused. A writer that lives, or of which nobody here knows whether it does, keeps its files.
    /// </summary>
    public static void Sweep(WriteContext context)
    {
        var (state, place) = (context.State, context.State.Place);
        try
        {
            if (!place.Files.HasWriterFiles())
            {
                place.Files.TryRemoveEmptyFolder(); // killed as the last step of cleaning up
                return;
            }

            if (WriterClaim.Look(place.Files, context.Self, context.Locks).IsHeld)
            {
                return;
            }

            using var claim = WriterClaim.TryTakeBriefly(place.Files, context.Self, context.Locks, context.Clock);
            if (claim is not null && GenerationInfo.Read(state.Image) == state.Version && KeptChanges.Count(state, context.Clock).Changes == 0)
            {
                place.RemoveFiles(); // what is left of a journal is in the archive already
                place.RemoveIfEmpty();
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException or TreeException)
        {
            context.Log($"{place.Folder} cannot be cleaned up: {failure.Message}");
        }
    }
}
