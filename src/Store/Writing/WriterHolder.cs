using System.Globalization;
using System.Text.Json;
using CondaFuse.Mounts;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Writing;

/// <summary>The holder of an environment's write lock, as recorded in its <c>writer</c> or <c>lease</c> file.</summary>
/// <param name="Who">The process.</param>
/// <param name="Since">The start of the holding.</param>
/// <param name="Token">Identifies this holding.</param>
/// <param name="IsBrief">Whether it lasts only for a few renames, so that waiting is better than refusing.</param>
public sealed record WriterHolder(WriterIdentity Who, DateTimeOffset Since, Guid Token, bool IsBrief = false)
{
    private const int Schema = 1;

    /// <summary>Parses the text; null if it is empty, or of an unknown version.</summary>
    public static WriterHolder? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return root.GetProperty("schema").GetInt32() != Schema
                ? null
                : new WriterHolder(
                    new WriterIdentity(
                        root.GetProperty("host").GetString()!,
                        root.GetProperty("boot").GetString()!,
                        root.GetProperty("processSpace").GetString()!,
                        new ProcessIdentity(root.GetProperty("pid").GetInt32(), root.GetProperty("startTicks").GetUInt64()),
                        root.GetProperty("user").GetString()!),
                    DateTimeOffset.Parse(root.GetProperty("since").GetString()!, CultureInfo.InvariantCulture),
                    root.GetProperty("token").GetGuid(),
                    root.TryGetProperty("brief", out var brief) && brief.GetBoolean());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // The holder is just writing its text, or is another program: held, but by an unknown process.
            return null;
        }
    }

    /// <summary>Formats the text.</summary>
    public byte[] Format()
    {
        var text = JsonText.Object(json =>
        {
            json.WriteNumber("schema", Schema);
            json.WriteString("host", Who.Host);
            json.WriteString("boot", Who.Boot);
            json.WriteString("processSpace", Who.ProcessSpace);
            json.WriteNumber("pid", Who.Process.Id);
            json.WriteNumber("startTicks", Who.Process.StartTicks);
            json.WriteString("user", Who.User);
            json.WriteString("since", Since.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("token", Token);
            if (IsBrief)
            {
                json.WriteBoolean("brief", IsBrief);
            }
        });
        return [.. text, (byte)'\n'];
    }

    /// <summary>The state of this holder, as far as <paramref name="self"/> can tell.</summary>
    public HolderState StateFor(WriterIdentity self)
    {
        var isVisible = Who.Boot == self.Boot && Who.ProcessSpace == self.ProcessSpace;
        return isVisible ? Who.Process.IsAlive ? HolderState.Alive : HolderState.Dead : HolderState.Unknown;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Who.User} on {Who.Host} (process {Who.Process.Id}, since "
        + $"{Since.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)})";
}

/// <summary>The identity of a process that wants to write, unique across all hosts.</summary>
/// <param name="Host">Name of the host.</param>
/// <param name="Boot">The kernel's id of this run of the host (<c>/proc/sys/kernel/random/boot_id</c>).</param>
/// <param name="ProcessSpace">The namespace of process ids (<c>/proc/self/ns/pid</c>).</param>
/// <param name="Process">The process.</param>
/// <param name="FindUser">Finds the name of its user. This may query a server on the network, and only a writer needs it.</param>
public sealed record WriterIdentity(string Host, string Boot, string ProcessSpace, ProcessIdentity Process, Lazy<string> FindUser)
{
    /// <summary>The same, with a known user name.</summary>
    public WriterIdentity(string host, string boot, string processSpace, ProcessIdentity process, string user)
        : this(host, boot, processSpace, process, new Lazy<string>(user))
    {
    }

    /// <summary>Name of its user.</summary>
    public string User => FindUser.Value;

    /// <inheritdoc/>
    public bool Equals(WriterIdentity? other) =>
        other is not null && (Host, Boot, ProcessSpace, Process, User) == (other.Host, other.Boot, other.ProcessSpace, other.Process, other.User);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Host, Boot, ProcessSpace, Process);
}

/// <summary>The state of a holder.</summary>
public enum HolderState
{
    /// <summary>It runs on this host.</summary>
    Alive,

    /// <summary>It ran on this host.</summary>
    Dead,

    /// <summary>It runs or ran on another host or in another container.</summary>
    Unknown,
}

/// <summary>Whether the write lock is held, and by which process.</summary>
/// <param name="IsHeld">Whether it is held.</param>
/// <param name="Holder">The holder; null if there is none, or its text cannot be read.</param>
public readonly record struct LockStatus(bool IsHeld, WriterHolder? Holder)
{
    /// <inheritdoc/>
    public override string ToString() => Holder?.ToString() ?? (IsHeld ? "a process whose record is unreadable" : "nobody");
}

/// <summary>What is needed to write an environment's changes.</summary>
/// <param name="State">The mounted image, and the location of its changes.</param>
/// <param name="Self">The identity of this process as a writer.</param>
/// <param name="Locks">The locks of the file system.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Log">Receives lines for the server's log.</param>
public sealed record WriteContext(ArchiveState State, WriterIdentity Self, IWriterLocks Locks, TimeProvider Clock, Action<string> Log);
