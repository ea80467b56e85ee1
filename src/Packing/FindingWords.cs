using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>What is not in order in an environment, by name, and what helps. Texts of several lines; what comes from the environment is escaped in them.</summary>
internal static class FindingWords
{
    private const int NamedFiles = 5;

    public static string Editable(IReadOnlyList<string> packages) =>
        $"packages are installed as links to their sources (pip install -e), which are not in the environment:\n{Lines(packages.Select(PrintableText.Of))}\n"
        + "Install them (pip install, without -e), or pack without them: --ignore-editable-packages";

    public static string Missing(IReadOnlyList<ManagedFile> files) =>
        $"files that conda installed were deleted:\n{ByPackage(files)}\n"
        + "Often pip has replaced the package. Install it anew (conda install --force-reinstall PACKAGE), remove the one of the two that you don't want "
        + "(conda list shows both), or pack what is there: --ignore-missing-files";

    public static string? Overwritten(IReadOnlyList<ManagedFile> files) =>
        files.Count == 0
            ? null
            : $"files that conda installed were overwritten, and are packed as they are now:\n{ByPackage(files)}\n"
              + "To have them as they were: conda install --force-reinstall PACKAGE";

    public static string UnknownPrefix(string prefix) =>
        $"conda's files here were made for another prefix than {PrintableText.Of(prefix)}, and nothing tells which: that one stays in them, and what needs it will not work elsewhere";

    public static string LinksWithoutCopies(IReadOnlyList<string> links, bool takesFilters) =>
        $"without --zip-symlinks a zip archive gets copies of what symlinks lead to, and these lead to nothing here that can be copied:\n{Lines(links.Select(PrintableText.Of))}\n"
        + $"Store symlinks as what they are (--zip-symlinks; unzip knows them, python's zipfile does not), {(takesFilters ? "leave these out (--exclude)" : "remove or mend these")}, or choose another format";

    private static string ByPackage(IReadOnlyList<ManagedFile> files) =>
        Lines(files.GroupBy(file => file.Package, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
        {
            var paths = group.Select(file => file.Path).Order(StringComparer.Ordinal).ToList();
            var named = paths.Count > NamedFiles ? [.. paths.Take(NamedFiles - 1), $"and {paths.Count - NamedFiles + 1} more"] : paths;
            return $"{PrintableText.Of(group.Key)}:{string.Concat(named.Select(path => $"\n      {PrintableText.Of(path)}"))}";
        }));

    private static string Lines(IEnumerable<string> items) => string.Join('\n', items.Select(item => $"  - {item}"));
}
