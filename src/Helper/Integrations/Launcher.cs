using System.Text;
using System.Text.Json;
using CondaFuse.Activation;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Integrations;

/// <summary>A small script that mounts an environment and executes one of its programs: an interpreter's path for programs that need one.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Program">The name of the program in the environment's <c>bin</c>.</param>
/// <param name="Archives">The folders in which the environment's archive is searched, as a variable holds them.</param>
internal sealed record Launcher(string Path, string Environment, string Program, string Archives)
{
    /// <summary>The first lines, which identify a launcher; its data follow as JSON.</summary>
    private const string Begin = "#!/bin/sh\n# condafuse launcher ";

    private const int MaxHead = 16 << 10;

    /// <summary>The script.</summary>
    /// <param name="call">How this program is called.</param>
    /// <param name="target">Absolute path of the program in the mounted environment.</param>
    public string ToScript(FixedCall call, string target)
    {
        var dialect = Dialect.Parse(EmbeddedText.Read("actions.posix"));
        return $"{Begin}{Description()}\n"
            + dialect.Render(call.Variables.Select(variable => new ShellAction.Export(variable.Name, variable.Value)))
            + dialect.Become([call.Program, "run", Environment, "--", target]);
    }

    /// <summary>Reads a launcher; null if the file is anything else.</summary>
    public static Launcher? TryRead(string path)
    {
        try
        {
            using var file = PlainFile.OpenToRead(path);
            var head = new byte[MaxHead];
            var text = Encoding.UTF8.GetString(head, 0, FileContent.Read(file, 0, head));
            var end = text.IndexOf('\n', Math.Min(Begin.Length, text.Length));
            if (!text.StartsWith(Begin, StringComparison.Ordinal) || end < 0)
            {
                return null;
            }

            using var document = JsonDocument.Parse(text[Begin.Length..end]);
            var root = document.RootElement;
            return root.GetProperty("environment").GetString() is { } environment && root.GetProperty("program").GetString() is { } program
                && root.GetProperty("archives").GetString() is { } archives
                    ? new Launcher(path, environment, program, archives)
                    : null;
        }
        catch (Exception failure) when (failure is PlatformException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // not ours, or not readable
        }
    }

    /// <summary>Writes the script, replacing an older launcher of the same program.</summary>
    /// <exception cref="StoreException">There is another file: <see cref="StoreFault.AlreadyExists"/>.</exception>
    public void Write(string script)
    {
        if (IsTaken())
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{Path} exists, and is not a launcher of '{Environment}': move it away, or use --dir");
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using var file = ReplacementFile.At(Path);
        file.File.WriteAt(0, Encoding.UTF8.GetBytes(script));
        if (file.File.Handle is { } handle)
        {
            const UnixFileMode readers = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            var mode = File.GetUnixFileMode(handle);
            File.SetUnixFileMode(handle, mode | (UnixFileMode)((int)(mode & readers) >> 2)); // readers may run it
        }

        file.Publish();
    }

    private bool IsTaken() =>
        new FileInfo(Path).LinkTarget is not null
        || (System.IO.Path.Exists(Path) && (TryRead(Path) is not { } there || (there.Environment, there.Archives) != (Environment, Archives)));

    private string Description()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("environment", Environment);
            json.WriteString("program", Program);
            json.WriteString("archives", Archives);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

/// <summary>The folder of launchers: all directly in it as <c>NAME-PROGRAM</c>, or as <c>NAME/bin/PROGRAM</c> below it.</summary>
/// <param name="folder">The folder.</param>
/// <param name="asTrees">Whether each environment has its own <c>bin</c> in it.</param>
internal sealed class LauncherFolder(string folder, bool asTrees)
{
    /// <summary>The folder that the user specified, or <c>~/.local/bin</c>.</summary>
    public static LauncherFolder Of(Session session, string? named) =>
        named is null ? new LauncherFolder(Path.Combine(session.Home, ".local", "bin"), asTrees: false)
            : new LauncherFolder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(named)), asTrees: true);

    /// <summary>The launcher of a program, whether it exists or not.</summary>
    public Launcher For(string environment, string program, string archives)
    {
        var path = asTrees ? Path.Combine(folder, environment, "bin", program) : Path.Combine(folder, $"{environment}-{program}");
        return new Launcher(path, environment, program, archives);
    }

    /// <summary>All launchers in it, by path.</summary>
    public IReadOnlyList<Launcher> List()
    {
        var places = !asTrees ? [folder]
            : Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(place => Path.Combine(place, "bin"))
            : [];
        return [.. places.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Order(StringComparer.Ordinal)
            .Select(Launcher.TryRead).OfType<Launcher>()];
    }

    /// <summary>Removes a launcher, and its environment's folder if that is empty.</summary>
    public void Remove(Launcher launcher)
    {
        File.Delete(launcher.Path);
        for (var above = Path.GetDirectoryName(launcher.Path)!;
            asTrees && above != folder && !Directory.EnumerateFileSystemEntries(above).Any();
            above = Path.GetDirectoryName(above)!)
        {
            Directory.Delete(above);
        }
    }
}
