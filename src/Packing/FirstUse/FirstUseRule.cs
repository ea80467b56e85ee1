using System.Text;
using CondaFuse.Images;
using CondaFuse.Packing.Content;
using CondaFuse.Tree;

namespace CondaFuse.Packing.FirstUse;

/// <summary>
/// The files that programs of an environment most likely use first, as long as nothing was recorded: the Python interpreter, its library, the
/// compiled standard modules that it loads when it starts and that most programs import, and what an import of the requested packages reads.
/// </summary>
public static class FirstUseRule
{
    /// <summary>Programs read only small parts of larger files first.</summary>
    private const long LargestFile = 64 << 20;
    /// <summary>In the order in which Python 3.13 and numpy import them, older ones (which start without frozen modules) included.</summary>
    private static readonly string[] Modules = [
        "encodings", "encodings.aliases", "encodings.utf_8", "codecs", "io", "abc", "site", "os", "stat", "posixpath", "genericpath",
        "_collections_abc", "_sitebuiltins", "types", "warnings", "importlib", "importlib._bootstrap", "importlib._bootstrap_external",
        "importlib.machinery", "importlib._abc", "importlib.abc", "importlib.util", "contextlib", "collections", "keyword", "operator", "reprlib",
        "functools", "collections.abc", "enum", "re", "re._compiler", "re._parser", "re._constants", "re._casefix", "copyreg", "token", "tokenize",
        "linecache", "traceback", "textwrap", "weakref", "_weakrefset", "ast", "opcode", "_opcode_metadata", "dis", "inspect", "copy", "string",
        "struct", "datetime", "_strptime", "locale", "typing", "dataclasses", "threading", "bisect", "random", "hashlib", "hmac", "secrets",
        "base64", "pickle", "_compat_pickle", "json", "json.decoder", "json.scanner", "json.encoder", "fnmatch", "glob", "ntpath", "pathlib",
        "pathlib._abc", "pathlib._local", "urllib", "urllib.parse", "ipaddress", "bz2", "_compression", "lzma", "gzip", "shutil", "tempfile",
        "signal", "selectors", "subprocess", "socket", "logging", "platform", "numbers", "decimal", "fractions", "statistics", "ctypes",
        "ctypes._endian", "ctypes.util", "gettext", "argparse", "csv", "heapq", "queue", "calendar", "uuid", "zipfile", "zipfile._path",
        "importlib.metadata", "importlib.resources", "configparser", "pprint", "unicodedata", "concurrent", "concurrent.futures",
        "concurrent.futures._base",
    ];

    private static readonly HashSet<string> Extensions = [
        "_struct", "math", "_datetime", "_zoneinfo", "_bisect", "_random", "_hashlib", "_blake2", "_sha2", "_sha512", "binascii", "_pickle", "_json",
        "zlib", "_bz2", "_lzma", "fcntl", "select", "_posixsubprocess", "_socket", "array", "_ctypes", "_csv", "_heapq", "_queue", "_opcode", "grp",
        "mmap", "_contextvars", "_typing",
    ];

    /// <summary>The files in the order of their use, each as a whole.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <returns>None if there is no environment, or no Python in it.</returns>
    /// <exception cref="TreeException">The tree cannot be read.</exception>
    public static IReadOnlyList<UsedRange> Of(IReadableTree tree, string top)
    {
        if (EnvironmentTree.TryOpen(tree, top) is not { } environment || environment.FileBehind("bin/python") is not { } interpreter)
        {
            return [];
        }

        List<string> paths = [interpreter, .. Files(environment, "lib", name => name.StartsWith("libpython3", StringComparison.Ordinal))];
        List<string> folders = ["lib"];
        foreach (var library in environment.Entries("lib").Where(IsLibrary).Select(entry => $"lib/{NameOf(entry)}"))
        {
            paths.AddRange(Files(environment, $"{library}/site-packages", name => name.EndsWith(".pth", StringComparison.Ordinal)));
            paths.AddRange(ByteCode(environment, library));
            paths.AddRange(Files(environment, $"{library}/lib-dynload", name => Extensions.Contains(name.Split('.')[0])));
            paths.AddRange(
                ImportClosure.Of(new PythonModules(environment, library), RequestedModules.Of(environment, library)).Take(FirstUseList.MaxRanges));
            folders.AddRange(environment.Entries($"{library}/site-packages").Select(NameOf)
                .Where(name => name.EndsWith(".libs", StringComparison.Ordinal)).Select(name => $"{library}/site-packages/{name}")); // of wheels
        }

        var used = new List<UsedRange>();
        foreach (var path in new LinkedLibraries(environment, folders).With(paths))
        {
            if (used.Count < FirstUseList.MaxRanges && environment.Describe(path) is { Kind: EntryKind.File, Size: > 0 and <= LargestFile } file)
            {
                used.Add(new UsedRange(Encoding.UTF8.GetBytes(top.Length == 0 ? path : $"{top}/{path}"), 0, file.Size));
            }
        }

        return used;
    }

    private static IEnumerable<string> ByteCode(EnvironmentTree environment, string library)
    {
        var folders = new Dictionary<string, ILookup<string, string>>(StringComparer.Ordinal);
        foreach (var module in Modules)
        {
            var path = module.Replace('.', '/');
            foreach (var (folder, name) in new[] { (Path.GetDirectoryName(path)!, Path.GetFileName(path)), (path, "__init__") })
            {
                var cache = Path.Combine(library, folder, "__pycache__");
                if (!folders.TryGetValue(cache, out var files))
                {
                    folders[cache] = files = Files(environment, cache, file => file.EndsWith(".pyc", StringComparison.Ordinal))
                        .ToLookup(file => Path.GetFileName(file).Split('.')[0], StringComparer.Ordinal);
                }

                foreach (var file in files[name])
                {
                    yield return file;
                }
            }
        }
    }

    private static IEnumerable<string> Files(EnvironmentTree environment, string folder, Func<string, bool> isWanted) =>
        environment.Entries(folder)
            .Where(entry => entry.Kind == EntryKind.File && isWanted(NameOf(entry)))
            .Select(entry => $"{folder}/{NameOf(entry)}");

    private static bool IsLibrary(CollectedEntry entry) =>
        entry.Kind == EntryKind.Directory && NameOf(entry).StartsWith("python3.", StringComparison.Ordinal);

    private static string NameOf(CollectedEntry entry) => Encoding.UTF8.GetString(entry.Name);
}
