using CondaFuse.EnvironmentFiles.Yaml;

namespace CondaFuse.EnvironmentFiles.Locks;

/// <summary><c>pixi.lock</c>, versions 6 and 7: environments with a list of packages per platform, and the details of each package.</summary>
internal static class PixiLockFile
{
    private const string Default = "default";
    private const string Conda = "conda";
    private const string CondaSource = "conda_source";
    private const string Pypi = "pypi";
    private const string Direct = "direct+";

    /// <summary>The packages for a platform in one environment.</summary>
    public static LockedPackages Read(string file, YamlNode.Map document, string platform, LockSelection selection)
    {
        if (selection.Categories.Count > 0)
        {
            throw new EnvironmentFileException(EnvironmentFileFault.Malformed,
                $"--category is for conda-lock.yml; {file} is a pixi.lock, use --environment");
        }

        var environments = document.MapOf("environments")!;
        var name = selection.Environment ?? Default;
        if (environments.MapOf(name) is not { } environment)
        {
            throw new EnvironmentFileException(
                EnvironmentFileFault.Malformed, $"{file} has no environment '{name}', only "
                    + $"{string.Join(", ", environments.Entries.Select(entry => entry.Key))}; select one with --environment");
        }

        var lists = environment.MapOf("packages");
        var names = PlatformNames(document, platform);
        var list = names.Select(known => lists?[known] as YamlNode.List).FirstOrDefault(found => found is not null)
            ?? throw new EnvironmentFileException(
                EnvironmentFileFault.NotForThisMachine,
                $"environment '{name}' of {file} has nothing for {platform}, only for "
                    + $"{string.Join(", ", lists?.Entries.Select(entry => entry.Key) ?? [])}");
        var known = Known(document);
        List<LockedPackage> conda = [];
        List<LockedPackage> pip = [];
        foreach (var reference in list.Items.OfType<YamlNode.Map>())
        {
            var package = Package(file, reference, known);
            (package.Manager == PackageManager.Conda ? conda : pip).Add(package);
        }

        return new LockedPackages(conda, pip);
    }

    /// <summary>The possible names of the platform: its own name first; version 7 has aliases.</summary>
    private static IReadOnlyList<string> PlatformNames(YamlNode.Map document, string platform) =>
        [
            platform,
            .. document.ListOf("platforms").OfType<YamlNode.Map>().Where(entry => entry.TextOf("subdir") == platform)
                .Select(entry => entry.TextOf("name")).OfType<string>(),
        ];

    private static Dictionary<(string Kind, string Location), YamlNode.Map> Known(YamlNode.Map document)
    {
        var known = new Dictionary<(string Kind, string Location), YamlNode.Map>();
        foreach (var entry in document.ListOf("packages").OfType<YamlNode.Map>())
        {
            if (Reference(entry) is { } reference)
            {
                known.TryAdd(reference, entry);
            }
        }

        return known;
    }

    private static (string Kind, string Location)? Reference(YamlNode.Map entry)
    {
        foreach (var kind in new[] { Conda, CondaSource, Pypi })
        {
            if (entry.TextOf(kind) is { } location)
            {
                return (kind, location);
            }
        }

        return null;
    }

    private static LockedPackage Package(string file, YamlNode.Map entry, Dictionary<(string Kind, string Location), YamlNode.Map> known)
    {
        var (kind, location) = Reference(entry) ?? throw EnvironmentFile.Malformed(file, "an entry of an environment has an unknown kind");
        var more = known.GetValueOrDefault((kind, location)) ?? throw EnvironmentFile.Malformed(file, $"{location} is not described");
        var package = kind switch
        {
            Pypi => new LockedPackage(
                PackageManager.Pip, more.TextOf("name") ?? string.Empty, more.TextOf("version") ?? string.Empty, Address(more, location)),
            _ => LockedPackage.OfConda(location) ?? new LockedPackage(
                PackageManager.Conda, more.TextOf("name") ?? location, more.TextOf("version") ?? string.Empty, location),
        };
        return package with { Md5 = more.TextOf("md5"), Sha256 = more.TextOf("sha256"), Depends = more.TextsOf("depends") };
    }

    /// <summary>An editable package has no file, even if it has an address.</summary>
    private static string Address(YamlNode.Map package, string location) =>
        package.TextOf("editable") == "true" ? $"editable {location}" : location.StartsWith(Direct, StringComparison.Ordinal)
            ? location[Direct.Length..] : location;
}
