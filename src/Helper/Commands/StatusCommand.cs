using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse status NAME</c>: shows everything about one environment.</summary>
internal static class StatusCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var json = CommonOptions.Json();
        var command = new Command("status", "Show one environment: history, changes, mounts and processes")
        {
            subject, json,
        };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.Find(parsed.GetRequiredValue(subject));
            var path = CanonicalPath.Resolve(archive.Path);
            var listed = new EnvironmentList(session.Layout, session.Catalog, session.Clock).Read()
                .Where(status => CanonicalPath.Resolve(status.Archive) == path).ToList();
            var history = ImageHistory.Read(archive.Path);
            var mounts = LiveMounts.Read(session.Layout).All().Where(mount => mount.Archive == path)
                .Select(mount => new MountUse(session, mount)).ToList();
            var pending = listed.Select(status => status.Pending).FirstOrDefault(amount => amount is not null);
            if (parsed.GetValue(json))
            {
                PrintJson(session, archive, history, pending, mounts);
            }
            else
            {
                Print(session, archive, history, pending, mounts);
            }
        });
        return command;
    }

    private static void Print(
        Session session, Archive archive, IReadOnlyList<GenerationEntry> history, PendingAmount? pending, IReadOnlyList<MountUse> mounts)
    {
        var newest = history[0];
        var screen = Screen.Of(session);
        var table = Table.Wrapped(2);
        table.Add("archive", $"{screen.Shorten(archive.Path)} ({archive.Format.Name()}, {Sizes.Human(BytesOf(archive))})");
        var message = newest.Message.Length > 0 ? $": {newest.Message.Split('\n')[0]}" : string.Empty;
        table.Add("generation", $"{newest.Number}, {GenerationText.Time(newest.Time)}{message}");
        table.Add("history", history.Count == 1 ? "only this generation" : $"{history.Count} generations, {history[^1].Number} to {newest.Number}");
        table.Add(
            "uncommitted",
            pending switch
            {
                null => "unreadable",
                { Changes: 0 } => "none",
                _ => $"{Sizes.Human(pending.Bytes)} in {screen.Shorten(FolderOf(session, archive) ?? "?")}; "
                    + $"'condafuse diff {ShellArgument.Of(archive.Name)}' shows them",
            });
        foreach (var mount in mounts)
        {
            table.Add("mounted", mount.Describe(screen));
            table.Add("writer", mount.Writer ?? "none");
            var users = string.Join(", ", mount.Users.Select(user => $"{user.Command} ({user.Id})"));
            table.Add("used by", users.Length == 0 ? "no process" : users);
        }

        if (mounts.Count == 0)
        {
            table.Add("mounted", "no");
        }

        table.Write(Terminal.Out, screen);
    }

    private static void PrintJson(
        Session session, Archive archive, IReadOnlyList<GenerationEntry> history, PendingAmount? pending, IReadOnlyList<MountUse> mounts) =>
        JsonOutput.Write(json =>
        {
            json.WriteString("name", archive.Name.Value);
            json.WriteString("archive", archive.Path);
            json.WriteString("format", archive.Format.Name());
            json.WriteNumber("bytes", BytesOf(archive));
            json.WriteNumber("generation", history[0].Number);
            json.WriteString("message", history[0].Message);
            json.WriteNumber("generations", history.Count);
            json.WriteOptional("pendingChanges", pending?.Changes);
            json.WriteOptional("pendingBytes", pending?.Bytes);
            json.WriteString("changesFolder", FolderOf(session, archive));
            json.WriteStartArray("mounts");
            foreach (var mount in mounts)
            {
                mount.Write(json);
            }

            json.WriteEndArray();
        });

    /// <summary>Bytes of the archive, which may be behind a symlink.</summary>
    private static long BytesOf(Archive archive) => ImageTree.LengthOf(CanonicalPath.Resolve(archive.Path));

    /// <summary>Where changes are kept: beside the archive, or in a personal layer. Null if unknown.</summary>
    private static string? FolderOf(Session session, Archive archive)
    {
        try
        {
            return ArchiveState.Read(session.Layout, archive.Path).Place.Folder;
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A mount of the environment, and its users.</summary>
    private sealed class MountUse(Session session, LiveMount mount)
    {
        private readonly MountStatus? _status = mount.IsDead ? null : mount.Control?.TryGetStatus();

        /// <summary>Processes that use it, and shells in which it is active.</summary>
        public IReadOnlyList<(int Id, string Command, bool IsShell)> Users { get; } =
        [
            .. MountHolder.Find(mount.Entry.MountPoint).Select(holder => (holder.ProcessId, holder.Command, false)),
            .. new ActiveShells(session.Layout.Runtime).Using(mount.Entry.MountPoint).Select(shell => (shell.Id, $"active in {shell.Command}", true)),
        ];

        /// <summary>Who holds the write lock; null if nobody does, or if that is unknown.</summary>
        public string? Writer => _status switch
        {
            { Writer: WriterKind.Mine } => "this mount",
            { Writer: WriterKind.Other, WriterName: var name } => name ?? "another process",
            _ => null,
        };

        /// <summary>Why changes through the mount are refused; null if they are not, or if nobody tried.</summary>
        private string? Refusal => _status switch
        {
            { Writer: WriterKind.Other } => $"the write lock is held by {Writer}",
            { Writer: not WriterKind.Mine, LastRefusal: { } refusal } => refusal,
            _ => null,
        };

        public string Describe(Screen screen)
        {
            var access = mount.IsDead ? "its server is not running" : mount.Entry.IsReadOnly ? "read-only" : "writable";
            var generation = mount.Record?.Generation is { } shown ? $", generation {shown}" : string.Empty;
            var since = mount.Record?.Since.ToString("', since 'yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? string.Empty;
            var refusal = Refusal is { } reason && !mount.Entry.IsReadOnly ? $"; refuses changes: {reason}" : string.Empty;
            return $"{screen.Shorten(mount.Entry.MountPoint)} ({access}{generation}{since}){refusal}";
        }

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("mountPoint", mount.Entry.MountPoint);
            json.WriteString("prefix", mount.Record?.Prefix);
            json.WriteBoolean("readOnly", mount.Entry.IsReadOnly);
            json.WriteBoolean("dead", mount.IsDead);
            json.WriteString("since", mount.Record?.Since.ToString("O", CultureInfo.InvariantCulture));
            json.WriteOptional("serverPid", mount.Server?.Id);
            json.WriteOptional("generation", mount.Record?.Generation ?? _status?.Generation);
            json.WriteString("writer", Writer);
            json.WriteString("refusal", Refusal);
            json.WriteString("personalFolder", _status?.PersonalFolder);
            json.WriteStartArray("users");
            foreach (var (id, command, isShell) in Users)
            {
                json.WriteStartObject();
                json.WriteNumber("pid", id);
                json.WriteString("command", command);
                json.WriteBoolean("activeShell", isShell);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
