using CondaFuse.Helper.Commands;

namespace CondaFuse.Helper.Help;

/// <summary>Commands about this program and this machine.</summary>
internal static class SetupCommands
{
    public static CommandGroup Group { get; } = new(
        "Setup",
        [
            new("setup", (session, _) => SetupCommand.Create(session))
            {
                Details = """
                    Adds one marked block to the startup file of each shell, which defines the functions. It shows every change
                    and asks first. You can run it again at any time.

                    With --links it also keeps a link to every environment in ~/.conda/envs, for tools that look only there. The
                    links follow when environments are created, renamed and removed.
                    """,
                Notes = """
                    A link leads nowhere while its environment is not mounted. Files and other links there are never
                    changed. conda takes the path of such a link as the prefix of what it installs; a commit replaces it by the
                    environment's own prefix.
                    """,
                Examples =
                [
                    new("Set up your shells", "condafuse setup"),
                    new("The same in a script, with links", "condafuse setup --yes --links"),
                    new("Remove all of it", "condafuse setup --undo"),
                ],
            },
            new("init", (_, _) => InitCommand.Create())
            {
                Details = """
                    Defines conda-fuse-create, conda-fuse-activate, conda-fuse-unmount and the other functions in the shell that
                    evaluates it.
                    """,
                Examples =
                [
                    new("In ~/.bashrc or ~/.zshrc", "eval \"$(condafuse init bash)\""),
                    new("In ~/.config/fish/config.fish", "condafuse init fish | source"),
                ],
            },
            new("completions", (_, _) => CompletionsCommand.Create())
            {
                Examples = [new("In ~/.bashrc", "eval \"$(condafuse completions bash)\"")],
            },
            new("doctor", (session, _) => DoctorCommand.Create(session))
            {
                Details = """
                    Checks that this machine has what condafuse needs, and looks for leftovers. Each finding comes with a remedy.
                    The exit code is 1 if something is wrong.

                    --clean removes leftovers. It asks before it touches uncommitted changes.
                    """,
                Notes = """
                    --move-changes moves the changes of a renamed archive, and --discard-changes removes those of deleted archives,
                    without a question.
                    """,
                Examples =
                [
                    new("Check this machine", "condafuse doctor"),
                    new("Remove leftovers", "condafuse doctor --clean"),
                ],
            },
            new("paths", (session, _) => PathsCommand.Create(session))
            {
                Examples = [new("Show the directories", "condafuse paths")],
            },
            new("help", (session, _) => HelpCommand.Create(session))
            {
                Usage = "[COMMAND|exit-codes|variables]",
                Examples =
                [
                    new("Explain a command", "condafuse help mount"),
                    new("List the exit codes", "condafuse help exit-codes"),
                    new("List the environment variables", "condafuse help variables"),
                ],
            },
        ]);
}
