using CondaFuse.Activation;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands;

/// <summary>The shell that evaluates the output, and the conda that it uses.</summary>
/// <param name="session">The shell's variables; its functions pass the prompt as one of them.</param>
/// <param name="shell">bash, zsh or fish.</param>
internal sealed class ShellSession(Session session, string shell)
{
    private readonly Dialect _dialect = Dialect.Parse(EmbeddedText.Read(shell == "fish" ? "actions.fish" : "actions.posix"));

    /// <summary>Computes an activation, or leaves it to conda if a setting is not supported.</summary>
    /// <param name="conda">conda's command and its arguments.</param>
    /// <param name="compute">Computes the actions.</param>
    public IReadOnlyList<ShellAction> Try(string[] conda, Func<CondaActivation, IReadOnlyList<ShellAction>> compute)
    {
        try
        {
            return compute(Activation());
        }
        catch (CondaNeededException)
        {
            return [new ShellAction.Delegate(conda)];
        }
    }

    /// <summary>Prints actions for the shell to evaluate.</summary>
    public void Print(IEnumerable<ShellAction> actions) => StandardStream.Write(StandardStream.Output, NativeText.Encode(_dialect.Render(actions)));

    private CondaActivation Activation() =>
        new(new ShellState(session.AllVariables), new PrefixReader(_dialect.ScriptExtension, Warn), CondaHere.Find(session))
        {
            PromptVariable = _dialect.PromptVariable,
            OnOverwritten = names => Warn($"the environment replaces the value of {string.Join(", ", names)} until it is deactivated"),
        };

    private static void Warn(string text) => Message.Warning(text);
}
