using CondaFuse.Helper.Commands;

namespace CondaFuse.Helper.Help;

/// <summary>Commands that make environments available to other programs.</summary>
internal static class ToolCommands
{
    public static CommandGroup Group { get; } = new(
        "Other tools",
        [
            new("kernel", (session, _) => KernelCommand.Create(session))
            {
                Usage = "install|remove NAME [--display-name TEXT] | list",
                Details = """
                    install makes an environment a kernel of every Jupyter of this user. The environment needs ipykernel. It is
                    mounted when the kernel starts, and stays mounted when the kernel ends.

                    The kernel refers to condafuse and to the directories of archives and mounts by their absolute paths, so
                    JupyterHub can start it, too.
                    """,
                Examples =
                [
                    new("Install a kernel", "condafuse kernel install test-env"),
                    new("Give it another name", "condafuse kernel install test-env --display-name 'Analysis'"),
                    new("List the kernels", "condafuse kernel list"),
                    new("Remove it", "condafuse kernel remove test-env"),
                ],
            },
            new("expose", (session, _) => ExposeCommand.Create(session))
            {
                Usage = "NAME PROGRAM... [--dir DIR] | NAME --remove [PROGRAM...] | --list",
                Details = """
                    A launcher is a small script that mounts the environment if necessary and runs the program. Use its path
                    where an editor or a script needs an interpreter. Files that are not launchers of the same environment are
                    never replaced or removed.
                    """,
                Examples =
                [
                    new("Write ~/.local/bin/test-env-python", "condafuse expose test-env python"),
                    new("Write ~/interpreters/test-env/bin/python", "condafuse expose test-env python pip --dir ~/interpreters"),
                    new("Remove the launchers of an environment", "condafuse expose test-env --remove"),
                ],
            },
            new("slurm", (session, _) => SlurmCommand.Create(session))
            {
                Usage = "sbatch|sbcast|keeper|task-prolog NAME | epilog",
                Details = """
                    sbatch: a batch script that starts its tasks with condafuse run. sbcast: the same, with a copy of the archive on
                    a local disk of every node. keeper: for nodes without user namespaces; a separate step keeps the mount.

                    task-prolog: for srun --task-prolog; every task starts in the environment. epilog: for the administrator; it
                    removes mounts of killed jobs.
                    """,
                Examples =
                [
                    new("Write a batch script", "condafuse slurm sbatch test-env >job.sh"),
                    new("Write a TaskProlog", "condafuse slurm task-prolog test-env >prolog.sh"),
                ],
            },
            new("module", (session, _) => ModuleCommand.Create(session))
            {
                Details = """
                    Loading the module mounts the environment and sets what activation sets: PATH, the variables of conda, and those
                    of the environment and its packages. Unloading restores them and leaves the environment mounted.

                    Print the file again after you install packages that set variables. Shell functions and aliases of
                    activation scripts are not part of a module, and the prompt does not change.
                    """,
                Examples =
                [
                    new("For Environment Modules", "condafuse module test-env >~/modulefiles/test-env"),
                    new("For Lmod", "condafuse module test-env --lua >~/modulefiles/test-env.lua"),
                ],
            },
        ]);
}
