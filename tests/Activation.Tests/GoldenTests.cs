namespace CondaFuse.Activation.Tests;

/// <summary>
/// Compares with recordings of two real condas. There are two intended differences: …/C/C is shown as C, and the base environment's directory had a
/// different name in each recording (<see cref="Places.Root"/>).
/// </summary>
public class GoldenTests
{
    private const int Recorded = 2 * 3 * 4 * 12;

    [Fact]
    public void Every_recording_is_there() => Assert.Equal(Recorded, GoldenCase.All().Count());

    [Fact]
    public void From_every_recorded_state_each_step_leads_to_condas_next_state()
    {
        foreach (var golden in GoldenCase.All())
        {
            var scripts = new List<string>();
            var steps = golden.Steps();
            foreach (var (before, (step, after)) in steps.Zip(steps.Skip(1)))
            {
                Compare(golden, step, Named(golden, after), Step(golden, before.State, step, scripts));
            }

            Compare(golden, "scripts", golden.Scripts(), scripts);
        }
    }

    [Fact]
    public void Consecutive_steps_lead_through_condas_states()
    {
        foreach (var golden in GoldenCase.All())
        {
            var scripts = new List<string>();
            var steps = golden.Steps();
            var shell = steps[0].State;
            foreach (var (step, after) in steps.Skip(1))
            {
                shell = Step(golden, shell, step, scripts);
                Compare(golden, step, Named(golden, after), shell);
            }

            Compare(golden, "scripts", golden.Scripts(), scripts);
        }
    }

    /// <summary>conda's state, with C shown by name.</summary>
    private static ShellPicture Named(GoldenCase golden, ShellPicture state)
    {
        var path = new Places(golden).Prefix("C");
        var variables = new Dictionary<string, string>(state.Variables, StringComparer.Ordinal);
        foreach (var shown in new[] { "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER" })
        {
            if (variables.TryGetValue(shown, out var value))
            {
                variables[shown] = value.Replace(path, "C", StringComparison.Ordinal);
            }
        }

        return new ShellPicture(variables, state.Prompt?.Replace(path, "C", StringComparison.Ordinal));
    }

    private static ShellPicture Step(GoldenCase golden, ShellPicture before, string step, List<string> scripts)
    {
        var places = new Places(golden);
        var settings = golden.Configuration switch
        {
            "no-prompt" => new ActivationSettings { ChangesPrompt = false },
            "env-prompt" => new ActivationSettings { Prompt = "<{name}> " },
            "auto-stack" => new ActivationSettings { AutoStack = 1 },
            _ => new ActivationSettings(),
        };
        var activation = new CondaActivation(
            new ShellState(before.Given()), places, new InstalledConda(places.Root, CondaGeneration.Parse(golden.Version), settings))
        {
            PromptVariable = golden.Shell == "fish" ? null : "PS1",
        };
        var actions = step.Split(' ') switch
        {
            ["deactivate"] => activation.Deactivate(),
            ["activate", "--stack", var name] => activation.Activate(places.Prefix(name), stack: true),
            ["activate", var name] => activation.Activate(places.Prefix(name)),
            ["set", var name, var value] => [new ShellAction.Export(name, value)],
            _ => throw new InvalidOperationException($"unknown step {step}"),
        };
        return before.After(actions, scripts);
    }

    private static void Compare(GoldenCase golden, string step, ShellPicture wanted, ShellPicture found) =>
        Compare(golden, step, wanted.Lines(), found.Lines());

    private static void Compare(GoldenCase golden, string step, IReadOnlyList<string> wanted, IReadOnlyList<string> found)
    {
        if (!wanted.SequenceEqual(found, StringComparer.Ordinal))
        {
            Assert.Fail(
                $"{golden}, {step}: missing [{string.Join(" | ", wanted.Except(found))}], unwanted [{string.Join(" | ", found.Except(wanted))}], "
                + $"{wanted.Count} and {found.Count} lines");
        }
    }
}
