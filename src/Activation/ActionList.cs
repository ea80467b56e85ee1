namespace CondaFuse.Activation;

/// <summary>Gathers what an activation does, and puts it into conda's order: scripts of what is left, variables, prompt, scripts of what is entered.</summary>
internal sealed class ActionList
{
    private readonly List<ShellAction> removed = [];
    private readonly List<ShellAction> exported = [];

    /// <summary>What even the scripts of the environment that is left see; null for nothing.</summary>
    public ShellAction? First { get; set; }

    /// <summary>Scripts of the environment that is left.</summary>
    public IReadOnlyList<string> Deactivating { get; set; } = [];

    public ShellAction? Prompt { get; set; }

    public void Set(string name, string value) => exported.Add(new ShellAction.Export(name, value));

    public void Remove(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            removed.Add(new ShellAction.Unset(name));
        }
    }

    public void SetOrRemove(string name, string? value)
    {
        if (value is null)
        {
            Remove(name);
        }
        else
        {
            Set(name, value);
        }
    }

    public IReadOnlyList<ShellAction> InOrder(IReadOnlyList<string> activating) =>
    [
        .. Given(First),
        .. Deactivating.Select(path => new ShellAction.Source(path)),
        .. removed,
        .. Given(Prompt),
        .. exported,
        .. activating.Select(path => new ShellAction.Source(path)),
        new ShellAction.Rehash(),
    ];

    private static IEnumerable<ShellAction> Given(ShellAction? action) => action is null ? [] : [action];
}
