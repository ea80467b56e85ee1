using System.Text;
using CondaFuse.Packing.Content;
using CondaFuse.Tree;

namespace CondaFuse.Packing.FirstUse;

/// <summary>Finds the modules of one Python of an environment, and what they import, without running them.</summary>
internal sealed class PythonModules
{
    private const long LargestSource = 4 << 20;

    private readonly EnvironmentTree _environment;
    private readonly string _sitePackages;
    private readonly string[] _searched;
    private readonly Dictionary<string, ILookup<string, CollectedEntry>> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PythonModule?> _modules = new(StringComparer.Ordinal);

    /// <param name="environment">The environment.</param>
    /// <param name="library">The path of Python's library in it: <c>lib/python3.12</c>.</param>
    public PythonModules(EnvironmentTree environment, string library)
    {
        (_environment, _sitePackages) = (environment, $"{library}/site-packages");
        _searched = [library, $"{library}/lib-dynload", _sitePackages];
    }

    /// <summary>The module of a dotted name; null if there is none.</summary>
    public PythonModule? Find(string name)
    {
        if (!_modules.TryGetValue(name, out var module))
        {
            var dot = name.LastIndexOf('.');
            var folders = dot < 0 ? _searched : Find(name[..dot])?.Folder is { } folder ? [folder] : [];
            _modules[name] = module = folders.Select(place => Find(name, place, name[(dot + 1)..])).FirstOrDefault(found => found is not null);
        }

        return module;
    }

    /// <summary>
    /// The names that a module imports, in order. Those of an extension module cannot be seen: it most likely imports its neighbours.
    /// </summary>
    public IEnumerable<string> ImportsOf(PythonModule module)
    {
        if (module.Source is { Size: <= LargestSource } source && EnvironmentTree.Sound(() => _environment.Read(source)) is { } content)
        {
            return ImportScan.Of(Encoding.Latin1.GetString(content), module.Package);
        }

        return module.IsExtension && module.Path!.StartsWith(_sitePackages, StringComparison.Ordinal)
            ? In(Path.GetDirectoryName(module.Path)!).SelectMany(files => files.Where(IsExtension)
                .Select(_ => module.Package.Length == 0 ? files.Key : $"{module.Package}.{files.Key}"))
            : [];
    }

    /// <summary>The names of the public modules and packages directly in a package.</summary>
    public IEnumerable<string> PublicModulesOf(PythonModule package) => package.Folder is not { } folder ? [] : In(folder)
        .Select(files => files.Key)
        .Where(name => !name.StartsWith('_') && !name.StartsWith("test", StringComparison.Ordinal) && name != "conftest")
        .Select(name => $"{package.Name}.{name}");

    /// <summary>As Python does: a package, else an extension module, else a source, else a package without code.</summary>
    private PythonModule? Find(string name, string folder, string last)
    {
        var found = In(folder)[last].ToList();
        var below = found.Exists(entry => entry.Kind == EntryKind.Directory && NameOf(entry) == last) ? $"{folder}/{last}" : null;
        var package = name[..Math.Max(name.LastIndexOf('.'), 0)];
        return (below is null ? null : SourceModule(name, below, "__init__", package: name, below))
            ?? found.Where(IsExtension)
                .Select(file => new PythonModule(name, package, Folder: null, $"{folder}/{NameOf(file)}", Source: null, IsExtension: true))
                .FirstOrDefault()
            ?? SourceModule(name, folder, last, package, ownFolder: null)
            ?? (below is null ? null : new PythonModule(name, name, below, Path: null, Source: null, IsExtension: false));
    }

    private PythonModule? SourceModule(string name, string folder, string file, string package, string? ownFolder)
    {
        foreach (var source in In(folder)[file].Where(entry => entry.Kind == EntryKind.File && NameOf(entry) == $"{file}.py"))
        {
            var cache = $"{folder}/__pycache__";
            var code = In(cache)[file].Select(NameOf).FirstOrDefault(IsByteCode);
            var path = code is null ? $"{folder}/{file}.py" : $"{cache}/{code}";
            return new PythonModule(name, package, ownFolder, path, _environment.Describe(source.Node), IsExtension: false);
        }

        return null;
    }

    /// <summary>The entries of a directory by their names up to the first dot, in the order of the names.</summary>
    private ILookup<string, CollectedEntry> In(string folder)
    {
        if (!_folders.TryGetValue(folder, out var entries))
        {
            _folders[folder] = entries = _environment.Entries(folder).ToLookup(entry => NameOf(entry).Split('.')[0], StringComparer.Ordinal);
        }

        return entries;
    }

    /// <summary>Without that of <c>python -O</c>: <c>os.cpython-312.opt-1.pyc</c>.</summary>
    private static bool IsByteCode(string name) => name.EndsWith(".pyc", StringComparison.Ordinal) && name.Split('.').Length == 3;

    private static bool IsExtension(CollectedEntry entry) =>
        entry.Kind == EntryKind.File && entry.Name.AsSpan().EndsWith(".so"u8);

    private static string NameOf(CollectedEntry entry) => Encoding.UTF8.GetString(entry.Name);
}

/// <summary>A module.</summary>
/// <param name="Name">Its dotted name.</param>
/// <param name="Package">The package that its relative imports start from: its own name if it is a package.</param>
/// <param name="Folder">The directory of a package's modules; null for any other module.</param>
/// <param name="Path">The file that an import reads: byte code rather than source; null for a package without code.</param>
/// <param name="Source">Its source; null for an extension module, or a package without code.</param>
/// <param name="IsExtension">Whether it is an extension module.</param>
internal sealed record PythonModule(string Name, string Package, string? Folder, string? Path, Attributes? Source, bool IsExtension);
