using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Integrations;

/// <summary>
/// A Jupyter kernel that runs in an environment: a folder below <c>kernels</c> with <c>kernel.json</c> (jupyter_client's kernelspec).
/// </summary>
/// <param name="Kernel">The folder's name, which is the kernel's name for Jupyter.</param>
/// <param name="Environment">The environment.</param>
/// <param name="DisplayName">The name that Jupyter shows.</param>
/// <param name="Archives">The folders in which the environment's archive is searched, as a variable holds them.</param>
internal sealed record KernelSpec(string Kernel, string Environment, string DisplayName, string Archives)
{
    private const string Prefix = "condafuse-";
    private const string Metadata = "condafuse";

    /// <summary>
    /// The kernel's name for an environment: characters that Jupyter does not allow are replaced, and a checksum keeps such names distinct.
    /// </summary>
    public static string NameFor(string environment)
    {
        var name = string.Concat(environment.ToLowerInvariant().Select(letter => IsTaken(letter) ? letter : '-'));
        return name == environment ? $"{Prefix}{name}" : $"{Prefix}{name}-{Crc32C.Of(Encoding.UTF8.GetBytes(environment)):x8}";
    }

    /// <summary>Whether the environment's archive exists.</summary>
    public bool HasArchive => Array.Exists(
        Archives.Split(Path.PathSeparator),
        folder => ArchiveFormats.All.Any(format => File.Exists(Path.Combine(folder, Environment + format.Extension()))));

    /// <summary>The content of <c>kernel.json</c>.</summary>
    /// <exception cref="StoreException">Jupyter would replace a part of the command line: <see cref="StoreFault.BadName"/>.</exception>
    public byte[] ToJson(FixedCall call)
    {
        if (Array.Find([call.Program, Environment], word => word.Contains('{', StringComparison.Ordinal)) is { } unclear)
        {
            throw new StoreException(StoreFault.BadName, $"'{unclear}' cannot be in a Jupyter kernel: Jupyter replaces words in braces");
        }

        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteStartArray("argv");
            string[] words = [call.Program, "run", Environment, "--", "python", "-m", "ipykernel_launcher", "-f", "{connection_file}"];
            Array.ForEach(words, json.WriteStringValue);
            json.WriteEndArray();
            json.WriteString("display_name", DisplayName);
            json.WriteString("language", "python");
            json.WriteStartObject("env");
            foreach (var (name, value) in call.Variables)
            {
                json.WriteString(name, value.Replace("$", "$$", StringComparison.Ordinal)); // Jupyter reads it as a string.Template
            }

            json.WriteEndObject();
            json.WriteStartObject("metadata");
            json.WriteBoolean("debugger", value: true);
            json.WriteStartObject(Metadata);
            json.WriteString("environment", Environment);
            json.WriteString("archives", Archives);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Reads <c>kernel.json</c>; null if this program did not write it.</summary>
    public static KernelSpec? TryParse(string kernel, ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return root.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty(Metadata, out var ours)
                && ours.GetProperty("environment").GetString() is { } environment
                && ours.GetProperty("archives").GetString() is { } archives
                    ? new KernelSpec(kernel, environment, root.GetProperty("display_name").GetString() ?? kernel, archives)
                    : null;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsTaken(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '_' or '-';
}

/// <summary>This user's kernels that this program has registered.</summary>
/// <param name="folder">Jupyter's folder of kernels.</param>
internal sealed class KernelSpecs(string folder)
{
    private const string FileName = "kernel.json";

    /// <summary>Jupyter's folder of a user's kernels, determined as in its <c>jupyter_data_dir</c>.</summary>
    public static KernelSpecs Of(Session session) => new(Path.Combine(
        session.Variable("JUPYTER_DATA_DIR")
            ?? Path.Combine(session.Variable("XDG_DATA_HOME") ?? Path.Combine(session.Home, ".local", "share"), "jupyter"),
        "kernels"));

    /// <summary>The path of a kernel's folder.</summary>
    public string PathOf(string kernel) => Path.GetFullPath(Path.Combine(folder, kernel));

    /// <summary>All of them, by environment.</summary>
    public IReadOnlyList<KernelSpec> List() => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateDirectories(folder).Select(path => TryRead(Path.GetFileName(path))).OfType<KernelSpec>()
            .OrderBy(spec => spec.Environment, StringComparer.Ordinal).ThenBy(spec => spec.Kernel, StringComparer.Ordinal)];

    /// <summary>Writes a kernel, replacing an older one of the same environment.</summary>
    /// <exception cref="StoreException">There is another kernel of that name: <see cref="StoreFault.AlreadyExists"/>.</exception>
    public void Write(KernelSpec spec, byte[] json)
    {
        var path = PathOf(spec.Kernel);
        if (Path.Exists(path) && (TryRead(spec.Kernel) is not { } there || (there.Environment, there.Archives) != (spec.Environment, spec.Archives)))
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{path} is another kernel: move it away, or remove it with 'jupyter kernelspec remove'");
        }

        Directory.CreateDirectory(path);
        using var file = ReplacementFile.At(Path.Combine(path, FileName));
        file.File.WriteAt(0, json);
        file.Publish();
    }

    /// <summary>Removes a kernel that <see cref="List"/> returned.</summary>
    public void Remove(KernelSpec spec) => Directory.Delete(PathOf(spec.Kernel), recursive: true);

    private KernelSpec? TryRead(string kernel)
    {
        try
        {
            using var file = PlainFile.OpenToRead(Path.Combine(folder, kernel, FileName));
            return KernelSpec.TryParse(kernel, PlainFile.ReadAll(file));
        }
        catch (PlatformException)
        {
            return null; // not a kernel, or not readable
        }
    }
}
