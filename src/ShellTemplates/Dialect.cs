namespace CondaFuse.ShellTemplates;

/// <summary>A shell's language: its name, and how it writes a value so that it is one word and nothing but that value.</summary>
/// <param name="Name">The shell's name, which is also its folder of templates.</param>
/// <param name="Quote">Quotes a value; throws <see cref="ArgumentException"/> for what no shell can hold.</param>
internal sealed record Dialect(string Name, Func<string, string> Quote)
{
    public static Dialect Bash { get; } = new("bash", PosixQuoting.Quote);

    public static Dialect Zsh { get; } = new("zsh", PosixQuoting.Quote);

    public static Dialect Fish { get; } = new("fish", FishQuoting.Quote);

    public static IReadOnlyList<Dialect> All { get; } = [Bash, Zsh, Fish];
}
