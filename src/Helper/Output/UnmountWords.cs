using CondaFuse.Images;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>What somebody who unmounted is told of the changes that were there.</summary>
internal sealed class UnmountWords
{
    private readonly MountStatus? status;
    private readonly string? archive;
    private readonly string failureFile;
    private readonly string noteFile;
    private readonly string warningFile;

    /// <param name="session">Where everything lies.</param>
    /// <param name="mountPoint">What is about to be unmounted.</param>
    /// <param name="status">What its server said; null if nothing.</param>
    public UnmountWords(Session session, string mountPoint, MountStatus? status)
    {
        this.status = status;
        archive = LiveMounts.Read(session.Layout).At(mountPoint)?.Archive;
        failureFile = session.Layout.CommitFailureFile(mountPoint);
        warningFile = session.Layout.CommitWarningFile(mountPoint);
        Layout.Remove(failureFile);
        noteFile = session.Layout.NoteFile(mountPoint);
        Layout.Remove(noteFile);
        Layout.Remove(warningFile);
    }

    /// <summary>Says it, after the server's end.</summary>
    public void Write(bool isLazy)
    {
        if (status is not { PendingChanges: > 0 })
        {
            return;
        }

        if (Committed() is { } entry)
        {
            var message = entry.Message.Length > 0 ? $"{entry.Message}; " : string.Empty;
            Console.WriteLine($"  committed as generation {entry.Number}: {message}{(entry.Difference is { } difference ? GenerationWords.Of(difference) : string.Empty)}");
            SayLeftOut();
            if (File.Exists(noteFile))
            {
                Console.WriteLine($"  {File.ReadAllText(noteFile)}");
                Layout.Remove(noteFile);
            }

            return;
        }

        if (File.Exists(failureFile))
        {
            Console.Error.WriteLine($"condafuse: the changes could not be put into the archive: {File.ReadAllText(failureFile)}");
            Layout.Remove(failureFile);
        }

        Console.WriteLine(isLazy ? "  what was changed is committed when the last user leaves it" : $"  {PendingWords.AtEnd(status, archive ?? string.Empty)}");
    }

    /// <summary>What the archive's format has no place for.</summary>
    private void SayLeftOut()
    {
        if (File.Exists(warningFile))
        {
            Warnings.Write(File.ReadAllLines(warningFile));
            Layout.Remove(warningFile);
        }
    }

    /// <summary>The generation that was made since; null if none was.</summary>
    private GenerationEntry? Committed()
    {
        try
        {
            return archive is not null && ImageHistory.Read(archive)[0] is var newest && newest.Number > status!.Generation ? newest : null;
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return null; // the archive was deleted meanwhile
        }
    }
}
