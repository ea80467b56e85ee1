using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Output;

/// <summary>What a person is told of who may change an environment, and of what is pending.</summary>
internal static class PendingWords
{
    /// <summary>What somebody who begins to use a mount should know; null if nothing.</summary>
    public static string? ForUser(string name, MountStatus status) => status switch
    {
        { Writer: WriterKind.Other } =>
            $"'{name}' is being changed by {status.WriterName}: what would change it here is refused (\"Read-only file system\")",
        { LastRefusal: { } refusal, Writer: not WriterKind.Mine } => $"what would change '{name}' here is refused (\"Read-only file system\"): {refusal}",
        _ => null,
    };

    /// <summary>How much is pending: <c>12 changes (3.4M)</c>.</summary>
    public static string Amount(long changes, long bytes) => $"{changes} change{(changes == 1 ? string.Empty : "s")} ({Sizes.Human(bytes)})";

    /// <summary>What somebody who ended a mount should know; null if nothing is pending.</summary>
    /// <param name="status">How the mount was.</param>
    /// <param name="archive">Path of its image.</param>
    public static string? AtEnd(MountStatus status, string archive)
    {
        if (status.PendingChanges == 0)
        {
            return null;
        }

        var amount = Amount(status.PendingChanges, status.PendingBytes);
        if (!File.Exists(archive))
        {
            return $"the archive {archive} was deleted, {amount} of it are left in {status.PersonalFolder ?? Layout.ChangesFolder(archive)}: 'condafuse doctor' shows what can be done";
        }

        return status.PersonalFolder is { } folder
            ? $"{amount} of your own are kept in {folder}, and are there again at the next mount"
            : $"{amount} are kept beside the archive, and are there again at the next mount";
    }
}
