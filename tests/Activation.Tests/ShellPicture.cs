namespace CondaFuse.Activation.Tests;

/// <summary>The state of a shell: its environment and its prompt.</summary>
public sealed record ShellPicture(IReadOnlyDictionary<string, string> Variables, string? Prompt)
{
    /// <summary>The input of the program: the shell's functions pass the prompt as a variable.</summary>
    public IReadOnlyDictionary<string, string> Given() =>
        Prompt is null ? Variables : new Dictionary<string, string>(Variables, StringComparer.Ordinal) { ["PS1"] = Prompt };

    /// <summary>The shell after some actions; scripts that run are added to a list.</summary>
    public ShellPicture After(IEnumerable<ShellAction> actions, List<string> scripts)
    {
        var (variables, prompt) = (new Dictionary<string, string>(Variables, StringComparer.Ordinal), Prompt);
        foreach (var action in actions)
        {
            switch (action)
            {
                case ShellAction.Export(var name, var value):
                    variables[name] = value;
                    break;
                case ShellAction.Unset(var name):
                    variables.Remove(name);
                    break;
                case ShellAction.Assign("PS1", var value):
                    prompt = value;
                    break;
                case ShellAction.Source(var path):
                    scripts.Add(path);
                    break;
                default:
                    Assert.IsType<ShellAction.Rehash>(action);
                    break;
            }
        }

        return new ShellPicture(variables, prompt);
    }

    /// <summary>Sorted lines, for comparison.</summary>
    public IReadOnlyList<string> Lines() =>
        [.. Variables.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal), $"prompt: {Prompt}"];
}
