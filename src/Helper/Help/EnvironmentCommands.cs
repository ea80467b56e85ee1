using CondaFuse.Helper.Commands;

namespace CondaFuse.Helper.Help;

/// <summary>Commands that create, mount and show environments.</summary>
internal static class EnvironmentCommands
{
    public static CommandGroup Group { get; } = new(
        "Environments",
        [
            new("create", CreateCommand.Create)
            {
                Usage = "[OPTION...] NAME [CONDA-ARGUMENT...]",
                Details = """
                    Runs 'conda create' with the remaining arguments, writes the archive and mounts it. Everything after -- goes
                    to conda. With --dry-run or --help among conda's arguments, nothing is created.

                    An existing archive is never overwritten. If conda fails or is interrupted, its files stay: --resume makes the
                    archive from them, --drop removes them. With --file, nothing stays.
                    """,
                Notes = """
                    conda runs on this terminal. -p, --prefix, -n and --name are refused among its arguments, because NAME
                    decides where the environment is made. If no name comes before --, '-n NAME' after it is the name.

                    With --file, the content of the file decides its format.

                    The archive stores together what programs most likely read first: Python, and what an import of the requested
                    packages reads. --try 'python -c "import MODULE"' stores together what this command reads instead. It runs in
                    the new environment, mounted read-only; then the archive is packed again. If it fails, the archive stays as
                    it was.
                    """,
                Examples =
                [
                    new("Create an environment", "condafuse create test-env python=3.11 numpy"),
                    new("Create what a file describes", "condafuse create test-env --file environment.yml"),
                    new("Continue after an interruption", "condafuse create --resume test-env"),
                ],
            },
            new("mount", (session, _) => MountCommand.Create(session))
            {
                Details = """
                    Mounts an environment below the mount root, or any SquashFS image or zip archive at a directory. An
                    environment that is already mounted stays as it is. The first write locks the archive; other mounts then
                    become read-only, and mount shows who holds the lock.

                    With --foreground, this process is the server, as systemd and containers expect it: unmounting commits and
                    ends it; SIGTERM keeps the changes beside the archive and ends it.
                    """,
                Notes = """
                    An earlier generation has the name NAME@NUMBER, which unmount, run and activation take as well.

                    Uncommitted changes are kept in NAME.changes beside the archive and reappear at the next mount. If you cannot
                    write the archive, they are kept in a personal layer below ~/.local/state/condafuse/layers.
                    """,
                Examples =
                [
                    new("Mount an environment", "condafuse mount test-env"),
                    new("Mount an image read-only at a directory", "condafuse mount data.squashfs ./data --read-only"),
                    new("Look at an earlier generation", "condafuse mount test-env --generation 2"),
                ],
            },
            new("unmount", (session, _) => UnmountCommand.Create(session))
            {
                Usage = "[OPTION...] NAME|DIRECTORY|--all",
                Details = """
                    Commits the changes, unmounts, and waits until the server has ended. If processes use the mount, they are
                    listed and it stays mounted.

                    To also deactivate the environment in the current shell, use conda-fuse-unmount.
                    """,
                Notes = """
                    Idle shells in which the environment is still active are named. With --lazy, processes that already use the
                    mount can continue.

                    Changes are also committed when another program unmounts the mount, but not when SIGTERM ends the server.
                    After --no-commit, an unmount in another mount namespace commits nothing either.
                    """,
                Examples =
                [
                    new("Unmount an environment", "condafuse unmount test-env"),
                    new("Wait a minute for its processes", "condafuse unmount test-env --wait 60"),
                    new("Unmount without a commit", "condafuse unmount test-env --no-commit"),
                ],
            },
            new("run", RunCommand.Create)
            {
                Usage = "[--read-only] NAME -- COMMAND [ARGUMENT...]",
                Details = """
                    Mounts the environment if necessary, sets the variables that activation sets, and runs the command. The
                    environment stays mounted. Without fusermount3, the mount is private to the command and ends with it.
                    In a Slurm job, it is private to the step.

                    Python writes no byte code unless PYTHONDONTWRITEBYTECODE is already set.
                    """,
                Notes = """
                    The exit code is that of the command; it is 127 if there is no such command or environment.

                    If your uncommitted changes do not fit the current archive, for example because its owner committed, the command
                    runs without them. A message names the command that carries them over.
                    """,
                Examples =
                [
                    new("Run Python in an environment", "condafuse run test-env -- python script.py"),
                    new("Protect the environment from changes", "condafuse run --read-only test-env -- python script.py"),
                ],
            },
            new("shell", (session, _) => ShellCommand.Create(session))
            {
                Details = """
                    Mounts the environment if necessary, and starts your shell ($SHELL) with your startup files and with the
                    environment activated. exit leaves it; the environment stays mounted.

                    In bash, zsh and fish, the conda-fuse functions are defined as well. Other shells get the variables only.
                    """,
                Examples = [new("Work in an environment", "condafuse shell test-env")],
            },
            new("list", (session, _) => ListCommand.Create(session))
            {
                Notes = "A generation such as '1 of 3' means that an earlier one is mounted. Changes are counted in files.",
                Examples =
                [
                    new("List all environments", "condafuse list"),
                    new("Print the names of mounted ones", "condafuse list --mounted --names"),
                    new("List environments in a registry", "condafuse list --remote registry.example.org/team/test-env"),
                ],
            },
            new("status", (session, _) => StatusCommand.Create(session))
            {
                Details = """
                    Shows the archive, its history and uncommitted changes, where it is mounted, who holds the write lock, and
                    which processes use it.
                    """,
                Examples = [new("Show an environment", "condafuse status test-env")],
            },
            new("rename", (session, _) => RenameCommand.Create(session))
            {
                Details = """
                    Renames the archive. It is not rewritten: the environment works at its new prefix because it is served with
                    it. The directory inside the archive keeps its name, so the prefix is .../NEW/NAME. Moving the archive by hand
                    works as well.

                    The environment must not be mounted and must have no uncommitted changes.
                    """,
                Examples = [new("Rename an environment", "condafuse rename test-env analysis")],
            },
            new("clone", (session, _) => CloneCommand.Create(session))
            {
                Details = """
                    Copies the archive with all its generations. File systems with reflinks share the blocks, so the copy takes no
                    space until one of the two changes. NAME may be the path of an image, for example another user's.
                    """,
                Notes = "The copy is yours, and others may read it if they may read the source. Uncommitted changes are not copied.",
                Examples =
                [
                    new("Copy an environment", "condafuse clone test-env copy"),
                    new("Take over an environment of a colleague", "condafuse clone /home/ada/test-env.squashfs test-env"),
                ],
            },
            new("remove", (session, _) => RemoveCommand.Create(session))
            {
                Details = """
                    Deletes the archive, its uncommitted changes, and what condafuse and conda recorded about the environment. Asks
                    first. If the archive is a symlink, only the symlink is removed.

                    The environment must not be mounted.
                    """,
                Examples = [new("Delete an environment without a question", "condafuse remove test-env --yes")],
            },
        ]);
}
