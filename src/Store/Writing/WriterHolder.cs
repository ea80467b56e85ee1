using System.Globalization;
using System.Text.Json;
using CondaFuse.Mounts;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Writing;

/// <summary>Who may write an environment, as the text of its <c>writer</c> or <c>lease</c> file says.</summary>
/// <param name="Who">The process.</param>
/// <param name="Since">Since when.</param>
/// <param name="Token">Tells this holding from every other.</param>
/// <param name="IsBrief">Whether it lasts for some renames only, so that waiting is better than refusing.</param>
public sealed record WriterHolder(WriterIdentity Who, DateTimeOffset Since, Guid Token, bool IsBrief = false)
{
    private const int Schema = 1;

    /// <summary>Parses a text; null if it is empty, or of a version that is not known here.</summary>
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
            // A holder that is just writing its text, or one of another program: somebody, but nobody knows who.
            return null;
        }
    }

    /// <summary>The text.</summary>
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

    /// <summary>What can be said of this holder from where <paramref name="self"/> is.</summary>
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

/// <summary>Who wants to write: a process, told apart from all others on all hosts.</summary>
/// <param name="Host">Name of the host.</param>
/// <param name="Boot">The kernel's id of this run of the host (<c>/proc/sys/kernel/random/boot_id</c>).</param>
/// <param name="ProcessSpace">What numbers of processes mean here (<c>/proc/self/ns/pid</c>).</param>
/// <param name="Process">The process.</param>
/// <param name="FindUser">Finds the name of its user: that may ask a server on the network, and only a writer has to tell it.</param>
public sealed record WriterIdentity(string Host, string Boot, string ProcessSpace, ProcessIdentity Process, Lazy<string> FindUser)
{
    /// <summary>The same, of a user whose name is known.</summary>
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

/// <summary>Whether a holder still is.</summary>
public enum HolderState
{
    /// <summary>It runs on this host.</summary>
    Alive,

    /// <summary>It ran on this host.</summary>
    Dead,

    /// <summary>It runs, or ran, on another host or in another container.</summary>
    Unknown,
}

/// <summary>Whether somebody has the right to write, and who.</summary>
/// <param name="IsHeld">Whether somebody has it.</param>
/// <param name="Holder">Who; null where nobody has it, and where the holder's text cannot be read.</param>
public readonly record struct LockStatus(bool IsHeld, WriterHolder? Holder)
{
    /// <inheritdoc/>
    public override string ToString() => Holder?.ToString() ?? (IsHeld ? "a process whose record is unreadable" : "nobody");
}

/// <summary>Who wants to write which environment, and what it takes.</summary>
/// <param name="State">The image as it is mounted, and the place of its changes.</param>
/// <param name="Self">Who writes.</param>
/// <param name="Locks">Locks of the file system.</param>
/// <param name="Clock">The time.</param>
/// <param name="Log">Takes a line for the server's log.</param>
public sealed record WriteContext(ArchiveState State, WriterIdentity Self, IWriterLocks Locks, TimeProvider Clock, Action<string> Log);
