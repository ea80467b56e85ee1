using System.Text.Json;

namespace CondaFuse.Activation.Tests;

/// <summary>The recorded effects of a real conda on a shell, step by step. Paths are replaced by words: ROOT and three environments.</summary>
/// <param name="Version">conda's version.</param>
/// <param name="Shell">bash, zsh or fish.</param>
/// <param name="Configuration">Settings: default, no-prompt, env-prompt or auto-stack.</param>
/// <param name="Scenario">The typed commands.</param>
public sealed record GoldenCase(string Version, string Shell, string Configuration, string Scenario)
{
    private static readonly Dictionary<string, JsonDocument> Files = new(StringComparer.Ordinal);

    public static IEnumerable<GoldenCase> All() =>
        from version in new[] { "23.11.0", "24.11.3" }
        from shell in new[] { "bash", "zsh", "fish" }
        from configuration in Scenarios(version, shell).EnumerateObject()
        from scenario in configuration.Value.EnumerateObject()
        select new GoldenCase(version, shell, configuration.Name, scenario.Name);

    /// <summary>The recorded states, each with the command that led to it.</summary>
    public IReadOnlyList<(string Step, ShellPicture State)> Steps()
    {
        var states = new List<(string Step, ShellPicture State)>();
        foreach (var step in Recorded.GetProperty("steps").EnumerateArray())
        {
            var variables = states.Count == 0
                ? new(StringComparer.Ordinal)
                : new Dictionary<string, string>(states[^1].State.Variables, StringComparer.Ordinal);
            foreach (var gone in step.GetProperty("gone").EnumerateArray())
            {
                variables.Remove(gone.GetString()!);
            }

            foreach (var set in step.GetProperty("set").EnumerateObject())
            {
                variables[set.Name] = Places.In(this, set.Value.GetString()!);
            }

            var prompt = step.TryGetProperty("PS1", out var text) ? Places.In(this, text.GetString()!) : null;
            states.Add((step.GetProperty("step").GetString()!, new ShellPicture(variables, prompt)));
        }

        return states;
    }

    /// <summary>The scripts in order of execution: <c>activate A 10-a</c>.</summary>
    public IReadOnlyList<string> Scripts() => [.. Recorded.GetProperty("scripts").EnumerateArray().Select(script => script.GetString()!)];

    private JsonElement Recorded => Scenarios(Version, Shell).GetProperty(Configuration).GetProperty(Scenario);

    private static JsonElement Scenarios(string version, string shell)
    {
        lock (Files)
        {
            var path = Path.Combine(AppContext.BaseDirectory, "Golden", version, $"{shell}.json");
            if (!Files.TryGetValue(path, out var document))
            {
                document = JsonDocument.Parse(File.ReadAllText(path));
                Files.Add(path, document);
            }

            return document.RootElement.GetProperty("scenarios");
        }
    }
}
