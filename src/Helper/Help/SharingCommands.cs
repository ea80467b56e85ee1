using CondaFuse.Helper.Commands;
using CondaFuse.Helper.Commands.Registries;

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
            new("push", (session, _) => PushCommand.Create(session))
            {
                Details = """
                    Uploads the archive with its history to a container registry. What the repository has already is not sent
                    again: after a commit, only the new generation is. The tag is 'latest' if REF has none; a second tag
                    gNUMBER-DIGEST stays with this generation.

                    A tag that names something else than an earlier generation of this archive is not replaced; with --force it
                    is. Uncommitted changes are not pushed. If someone else pushed meanwhile: pull, rebase, commit and push again.
                    """,
                Notes = """
                    Credentials are those of docker and podman: 'podman login HOST'. Plain http is used only for registries on
                    this machine, or with --insecure. docs/how-to/registry.md explains proxies and certificates.
                    """,
                Examples = [new("Share an environment", "condafuse push test-env registry.example.org/team/test-env:latest")],
            },
            new("pull", (session, _) => PullCommand.Create(session))
            {
                Details = """
                    Downloads an environment from a container registry into the directory of archives. If NAME is an earlier
                    generation of it, only new generations are fetched. Everything is compared with its digest; until all of it
                    has arrived, nothing changes.

                    An environment that is replaced must not be mounted writable. Its uncommitted changes are kept; 'condafuse
                    rebase' carries them over to the new generation.
                    """,
                Notes = "A reference with @sha256:DIGEST, which push prints, always gets the same environment, whatever the tag names by then.",
                Examples =
                [
                    new("Get an environment", "condafuse pull registry.example.org/team/test-env:latest"),
                    new("Get it under another name", "condafuse pull registry.example.org/team/test-env:latest mine"),
                ],
            },
            new("tags", (session, _) => TagsCommand.Create(session))
            {
                Details = "'condafuse list --remote REPO' also shows what they name.",
                Examples = [new("List the tags of a repository", "condafuse tags registry.example.org/team/test-env")],
            },
            new("gc", (session, _) => GcCommand.Create(session))
            {
                Details = """
                    Environments that are mounted from a registry keep what was read of them in a cache. This removes those that
                    are not mounted and have no uncommitted changes, and the blobs that only they use. Whatever is needed again is
                    fetched again.

                    The cache also removes the oldest blobs by itself when it grows beyond CONDA_FUSE_CACHE_SIZE.
                    """,
                Examples = [new("See how much would be freed", "condafuse gc --dry-run")],
            },
        ]);
}
