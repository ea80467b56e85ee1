using System.Globalization;
using System.Text.Json;
using CondaFuse.Mounts;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>
/// Shells in which environments are active, as reported by the shell functions. An idle shell uses nothing of a mount that the kernel could report,
/// so each shell writes a file into the runtime folder. Activation that bypasses the functions is not noticed. It serves
/// messages, and keeps a mount that is unmounted when idle.
/// </summary>
/// <param name="runtime">The user's runtime folder.</param>
public sealed class ActiveShells(RuntimeFolder runtime)
{
    /// <summary>The folder of the files, in the runtime folder. Each is named after its shell's process id.</summary>
    private const string FolderName = "shells";
    private const int MaxBytes = 64 << 10;

    /// <summary>Records what is active in a shell.</summary>
    /// <param name="id">The shell's process id.</param>
    /// <param name="prefixes">Prefixes of all activation levels; empty if nothing is active any more.</param>
    public void Note(int id, IReadOnlyCollection<string> prefixes)
    {
        if (ProcessIdentity.Find(id) is not { } shell)
        {
            return;
        }

        try
        {
            using var folder = runtime.Chosen.OpenOrMakeBelow(FolderName);
            if (prefixes.Count == 0)
            {
                folder.Remove(NameOf(id));
            }
            else
            {
                folder.Write(NameOf(id), ToJson(shell, prefixes));
            }
        }
        catch (IOException)
        {
            // A failed record must not fail the activation: it only serves messages.
        }
    }

    /// <summary>Shells in which something below a mount point is active. Removes records of shells that have ended.</summary>
    /// <param name="mountPoint">Canonical.</param>
    public IReadOnlyList<(int Id, string Command)> Using(string mountPoint)
    {
        List<(int Id, string Command)> found = [];
        using var folder = TryOpen();
        foreach (var name in folder?.List() ?? [])
        {
            if (folder!.TryRead(name, MaxBytes) is { } content && Parse(content) is var (shell, prefixes))
            {
                if (!shell.IsAlive)
                {
                    folder.Remove(name);
                }
                else if (prefixes.Any(prefix => $"{CanonicalPath.Resolve(prefix)}/".StartsWith($"{mountPoint}/", StringComparison.Ordinal)))
                {
                    found.Add((shell.Id, shell.Command));
                }
            }
        }

        return found;
    }

    private PrivateFolder? TryOpen()
    {
        try
        {
            return runtime.Chosen.TryOpenBelow(FolderName);
        }
        catch (PrivateFolderException)
        {
            return null; // this serves messages only
        }
    }

    private static string NameOf(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static byte[] ToJson(ProcessIdentity shell, IEnumerable<string> prefixes) => JsonText.Object(json =>
    {
        json.WriteNumber("pid", shell.Id);
        json.WriteNumber("startTicks", shell.StartTicks);
        json.WriteString("processSpace", ProcessIdentity.Space);
        json.WriteStrings("prefixes", prefixes);
    });

    /// <summary>Null if this version does not understand it, or its process ids are of another namespace.</summary>
    private static (ProcessIdentity Shell, IReadOnlyList<string> Prefixes)? Parse(byte[] content)
    {
        try
        {
            var root = JsonElement.Parse(content);
            return root.GetProperty("processSpace").GetString() == ProcessIdentity.Space
                ? (new ProcessIdentity(root.GetProperty("pid").GetInt32(), root.GetProperty("startTicks").GetUInt64()),
                    [.. root.GetProperty("prefixes").EnumerateArray().Select(prefix => prefix.GetString()).OfType<string>()])
                : null;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
