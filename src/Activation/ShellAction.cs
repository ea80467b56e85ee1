namespace CondaFuse.Activation;

/// <summary>One step that a shell takes to activate or deactivate an environment. The order of a list of them matters.</summary>
public abstract record ShellAction
{
    private ShellAction()
    {
    }

    /// <summary>Sets an environment variable.</summary>
    /// <param name="Name">A valid variable name (<see cref="VariableName.IsValid"/>).</param>
    /// <param name="Value">Any text without NUL.</param>
    public sealed record Export(string Name, string Value) : ShellAction;

    /// <summary>Removes a variable.</summary>
    /// <param name="Name">A valid variable name.</param>
    public sealed record Unset(string Name) : ShellAction;

    /// <summary>Sets a variable of the shell that is not exported: the prompt.</summary>
    /// <param name="Name">A valid variable name.</param>
    /// <param name="Value">Any text without NUL.</param>
    public sealed record Assign(string Name, string Value) : ShellAction;

    /// <summary>Runs a script in the shell itself.</summary>
    /// <param name="Path">Absolute.</param>
    public sealed record Source(string Path) : ShellAction;

    /// <summary>Forgets where programs were found.</summary>
    public sealed record Rehash : ShellAction;

    /// <summary>Lets conda itself do the work.</summary>
    /// <param name="Words">conda's command and its arguments.</param>
    public sealed record Delegate(IReadOnlyList<string> Words) : ShellAction;
}
