using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Tests;

/// <summary>A conda environment in memory: its packages contain the placeholder, its files the prefix.</summary>
internal sealed class SampleEnvironment
{
    public const string Prefix = "/home/user/envs/sample";

    public static readonly string Placeholder = "/opt/" + string.Concat(Enumerable.Repeat("placehold_", 10));

    public const string SitePackages = "lib/python3.11/site-packages";

    private static readonly JsonSerializerOptions _compact = new(), _indented = new() { WriteIndented = true };

    private readonly Dictionary<string, List<Dictionary<string, object>>> _packages = new(StringComparer.Ordinal);
    private readonly HashSet<string> _noarch = new(StringComparer.Ordinal);

    public MemoryTree Tree { get; } = new();

    /// <summary>Adds a file that conda did not install.</summary>
    public SampleEnvironment Own(string path, string content) => Own(path, Encoding.UTF8.GetBytes(content));

    public SampleEnvironment Own(string path, byte[] content)
    {
        Directory(path);
        Tree.AddFile(path, content);
        return this;
    }

    public SampleEnvironment Link(string path, string target)
    {
        Directory(path);
        Tree.AddSymlink(path, target);
        return this;
    }

    public SampleEnvironment Empty(string path)
    {
        Directory($"{path}/.");
        return this;
    }

    /// <summary>Adds a file of a package. With a mode, it contains the placeholder; it is installed as conda would.</summary>
    public SampleEnvironment Managed(string package, string path, string content, string? mode = null, bool installed = true) =>
        Managed(package, path, path, content, mode, installed);

    /// <summary>The same for a noarch Python package, whose record has the package's own path; <see cref="Build"/> adds Python.</summary>
    public SampleEnvironment Noarch(string package, string path, string content, string? mode = null, bool installed = true)
    {
        _noarch.Add(package);
        return Managed(package, path, Place(package, path), content, mode, installed);
    }

    private SampleEnvironment Managed(string package, string path, string place, string content, string? mode, bool installed)
    {
        var record = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["_path"] = path,
            ["path_type"] = "hardlink",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))),
            ["size_in_bytes"] = Encoding.UTF8.GetByteCount(content),
        };
        if (mode is not null)
        {
            record["prefix_placeholder"] = Placeholder;
            record["file_mode"] = mode;
        }

        if (!_packages.TryGetValue(package, out var files))
        {
            _packages.Add(package, files = []);
        }

        files.Add(record);
        return installed ? Own(place, Installed(content, mode)) : this;
    }

    /// <summary>Writes the packages' records and the history with the requested packages; must be called last.</summary>
    public MemoryTree Build(Action<Dictionary<string, object>>? change = null, string? indent = null, string requested = "")
    {
        Own("conda-meta/history", $"==> now <==\n# cmd: {Prefix}/bin/conda\n{requested}");
        if (_noarch.Count > 0)
        {
            _packages.TryAdd("python", []);
        }

        foreach (var (package, files) in _packages)
        {
            var record = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["name"] = package,
                ["version"] = "3.11.2",
                ["extracted_package_dir"] = $"/home/user/pkgs/{package}",
                ["link"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["source"] = $"/home/user/pkgs/{package}", ["type"] = 1 },
                ["files"] = files.Select(file => Place(package, (string)file["_path"])).ToList(),
                ["paths_data"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["paths"] = files, ["paths_version"] = 1 },
            };
            if (_noarch.Contains(package))
            {
                record["noarch"] = "python";
            }

            change?.Invoke(record);
            Own($"conda-meta/{package}-3.11.2-0.json", JsonSerializer.Serialize(record, indent is null ? _compact : _indented));
        }

        return Tree;
    }

    public static string Installed(string content, string? mode) => mode switch
    {
        "text" => content.Replace(Placeholder, Prefix, StringComparison.Ordinal),
        "binary" => string.Join('\0', content.Split('\0').SelectMany(Fill)),
        _ => content,
    };

    /// <summary>A string with the prefix, and empty strings as padding.</summary>
    private static IEnumerable<string> Fill(string text)
    {
        var count = (text.Length - text.Replace(Placeholder, "", StringComparison.Ordinal).Length) / Placeholder.Length;
        yield return text.Replace(Placeholder, Prefix, StringComparison.Ordinal);
        for (var i = 0; i < count * (Placeholder.Length - Prefix.Length); i++)
        {
            yield return "";
        }
    }

    private string Place(string package, string path) =>
        _noarch.Contains(package) ? path.Replace("site-packages/", $"{SitePackages}/", StringComparison.Ordinal) : path;

    private void Directory(string path)
    {
        var parts = path.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            var directory = string.Join('/', parts[..i]);
            if (!Exists(directory))
            {
                Tree.AddDirectory(directory);
            }
        }
    }

    private bool Exists(string path)
    {
        var at = NodeId.Root;
        foreach (var part in path.Split('/'))
        {
            if (!Tree.TryLookup(at, Encoding.UTF8.GetBytes(part), out var found))
            {
                return false;
            }

            at = found.Node;
        }

        return true;
    }
}
