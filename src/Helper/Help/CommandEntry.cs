using System.CommandLine;

namespace CondaFuse.Helper.Help;

/// <summary>A command. The help, the man page and the list of commands are generated from it.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Create">Creates its parser, from the session and the words that are passed on to another program.</param>
internal sealed record CommandEntry(string Name, Func<Session, IReadOnlyList<string>, Command> Create)
{
    /// <summary>The usage line after the name; null to derive it from the arguments and options.</summary>
    public string? Usage { get; init; }

    /// <summary>Paragraphs that explain the command, separated by empty lines. May be empty.</summary>
    public string Details { get; init; } = string.Empty;

    /// <summary>More paragraphs, for the man page and docs/reference/commands.md only. May be empty.</summary>
    public string Notes { get; init; } = string.Empty;

    /// <summary>At least one.</summary>
    public required IReadOnlyList<Example> Examples { get; init; }
}

/// <summary>A command line that can be pasted.</summary>
/// <param name="Purpose">What it does, in the imperative.</param>
/// <param name="Line">The command line.</param>
internal sealed record Example(string Purpose, string Line);

/// <summary>Related commands, under one heading of the help.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Commands">Its commands, in the order of the help.</param>
internal sealed record CommandGroup(string Title, IReadOnlyList<CommandEntry> Commands);
