using System.Text;
using CondaFuse.EnvironmentFiles.Yaml;

namespace CondaFuse.EnvironmentFiles.Installed;

/// <summary>Writes an environment as <c>environment.yml</c>, with the exact version and build of each package.</summary>
public static class YamlExport
{
    /// <summary>Writes the file.</summary>
    public static string Write(string name, InstalledEnvironment environment)
    {
        var text = new StringBuilder($"name: {YamlWriting.Plain(name)}\nchannels:\n");
        var channels = Channels.Of(environment.Packages.Conda);
        foreach (var channel in channels)
        {
            text.Append($"  - {YamlWriting.Plain(channel)}\n");
        }

        if (!channels.Contains(Channels.Defaults))
        {
            text.Append("  - nodefaults\n");
        }

        text.Append("dependencies:\n");
        foreach (var package in environment.Packages.Conda.OrderBy(package => package.Name, StringComparer.Ordinal))
        {
            text.Append($"  - {YamlWriting.Plain($"{package.Name}={package.Version}={package.Build}")}\n");
        }

        if (environment.Packages.Pip.Count > 0)
        {
            text.Append("  - pip:\n");
            foreach (var package in environment.Packages.Pip)
            {
                var sum = package.Sha256 is null ? string.Empty : $"#sha256={package.Sha256}";
                var line = package.Url.Length > 0 ? $"{package.Name} @ {package.Url}{sum}" : $"{package.Name}=={package.Version}";
                text.Append($"      - {YamlWriting.Quote(line)}\n");
            }
        }

        if (environment.Variables.Count > 0)
        {
            text.Append("variables:\n");
            foreach (var (variable, value) in environment.Variables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                text.Append($"  {YamlWriting.Plain(variable)}: {YamlWriting.Quote(value)}\n");
            }
        }

        return text.ToString();
    }
}
