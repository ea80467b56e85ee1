using CondaFuse.Helper.Commands;

namespace CondaFuse.Helper.Help;

/// <summary>Commands that share an environment with other people and machines.</summary>
internal static class SharingCommands
{
    public static CommandGroup Group { get; } = new(
        "Sharing",
        [
            new("export", (session, _) => ExportCommand.Create(session))
            {
                Details = """
                    Prints the installed packages; 'create --file' makes the same environment from the output. The exit code is 1
                    if packages of pip are left out because their files are not recorded.
                    """,
                Examples =
                [
                    new("Write an environment.yml", "condafuse export test-env > environment.yml"),
                    new("Write a lockfile", "condafuse export test-env --lock > conda-lock.yml"),
                ],
            },
        ]);
}
