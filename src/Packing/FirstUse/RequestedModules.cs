using System.Text;
using CondaFuse.Packing.Content;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing.FirstUse;

/// <summary>The Python modules of the packages that the user requested, as opposed to their dependencies.</summary>
internal static class RequestedModules
{
    private const long LargestText = 32 << 20;
    private const string Specifications = "# update specs:";
    private static readonly char[] BetweenSpecifications = [' ', ',', '[', ']', '\'', '"'];
    private static readonly char[] AfterName = ['=', '<', '>', '!', '~', '*', ';'];

    /// <summary>Names of top-level modules.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="library">The path of Python's library in it.</param>
    public static IReadOnlyCollection<string> Of(EnvironmentTree environment, string library)
    {
        var sitePackages = $"{library}/site-packages/";
        return [.. FilesOfConda(environment)
            .Where(path => path.StartsWith(sitePackages, StringComparison.Ordinal)).Select(path => path[sitePackages.Length..])
            .Concat(FilesOfPip(environment, sitePackages))
            .Select(path => path.Split('/')[0].Split('.')[0])
            .Where(name => name.Length > 0 && name != "__pycache__" && !name.Contains('-', StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The paths below the prefix.</summary>
    private static IEnumerable<string> FilesOfConda(EnvironmentTree environment)
    {
        var requested = Specified(environment).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return environment.RecordFiles()
            .Where(record => PackageComparison.ParseConda($"{CondaRecords.DirectoryName}/{record.Name}") is var (name, _) && requested.Contains(name))
            .Select(record => environment.ReadRecord(record.Name, record.File))
            .SelectMany(package => package?.Files ?? []);
    }

    /// <summary>
    /// The packages that conda's history names: <c># update specs: ['numpy', "pandas[version='>=2']", 'conda-forge::scipy=1.10']</c>.
    /// </summary>
    private static IEnumerable<string> Specified(EnvironmentTree environment) =>
        Lines(environment, CondaRecords.History)
            .Where(line => line.StartsWith(Specifications, StringComparison.Ordinal))
            .SelectMany(line => line[Specifications.Length..].Split(BetweenSpecifications, StringSplitOptions.RemoveEmptyEntries))
            .Select(word => word.Split("::")[^1].Split(AfterName)[0]);

    /// <summary>The paths below the directory of packages. A package of conda has another installer.</summary>
    private static IEnumerable<string> FilesOfPip(EnvironmentTree environment, string sitePackages) =>
        environment.Entries(sitePackages.TrimEnd('/'))
            .Select(entry => Encoding.UTF8.GetString(entry.Name))
            .Where(name => name.EndsWith(".dist-info", StringComparison.Ordinal) && environment.Has($"{sitePackages}{name}/REQUESTED")
                && Lines(environment, $"{sitePackages}{name}/INSTALLER") is ["pip", ..])
            .SelectMany(name => Lines(environment, $"{sitePackages}{name}/RECORD"))
            .Select(line => line.Split(',')[0]);

    private static string[] Lines(EnvironmentTree environment, string path) =>
        environment.Describe(path) is { Kind: EntryKind.File, Size: <= LargestText } file
            && EnvironmentTree.Sound(() => environment.Read(file)) is { } content
            ? Encoding.UTF8.GetString(content).Split('\n')
            : [];
}
