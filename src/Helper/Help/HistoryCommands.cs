using CondaFuse.Helper.Commands;

namespace CondaFuse.Helper.Help;

/// <summary>Commands about uncommitted changes and generations.</summary>
internal static class HistoryCommands
{
    public static CommandGroup Group { get; } = new(
        "Changes and history",
        [
            new("diff", (session, _) => DiffCommand.Create(session))
            {
                Details = """
                    Shows packages with their versions, and files that were added, changed, renamed or removed. With one
                    generation, compares it with the current one; with two, compares them.
                    """,
                Examples =
                [
                    new("Show uncommitted changes", "condafuse diff test-env"),
                    new("Compare two generations", "condafuse diff test-env 1 3"),
                    new("Count the differences", "condafuse diff test-env --stat"),
                ],
            },
            new("commit", (session, _) => CommitCommand.Create(session))
            {
                Details = """
                    Earlier generations stay in the archive. The cost depends on the changes, not on the size of the archive. A
                    mounted environment may be in use meanwhile; unmounting it commits as well.

                    --to writes a new archive that includes the changes, and leaves the old archive and its changes as they are.
                    Use it for your changes to an archive that you cannot write. Files and symlinks that contain the old prefix
                    are rewritten to the new one.
                    """,
                Notes = """
                    Without --message, the message lists the packages that changed. If the command is killed or the disk is full,
                    the archive and its changes are as before, or the new generation is complete.

                    The argument of --to is a name, or a path (with a slash or the extension of a format). If the changes build on
                    an earlier generation that is still in the archive, the new archive is that generation with the changes.
                    """,
                Examples =
                [
                    new("Commit", "condafuse commit test-env -m 'add pandas'"),
                    new("Write a copy with the changes", "condafuse commit test-env --to test-env-2"),
                ],
            },
            new("discard", (session, _) => DiscardCommand.Create(session))
            {
                Details = "Asks first. The environment must not be mounted.",
                Examples = [new("Drop uncommitted changes", "condafuse discard test-env")],
            },
            new("log", (session, _) => LogCommand.Create(session))
            {
                Details = """
                    Shows the time of each generation, how many entries changed, its message, and the packages that changed. A
                    directory counts as changed if its names or its time changed; diff leaves these out.
                    """,
                Notes = "On a terminal, the pager that PAGER names shows a long history.",
                Examples = [new("Show the history", "condafuse log test-env")],
            },
            new("rollback", (session, _) => RollbackCommand.Create(session))
            {
                Details = """
                    Records the earlier content as a new generation, so you can undo it: roll back to the generation before. The
                    environment must not be mounted writable and must have no uncommitted changes.
                    """,
                Examples = [new("Go back to generation 2", "condafuse rollback test-env 2")],
            },
            new("rebase", (session, _) => RebaseCommand.Create(session))
            {
                Details = """
                    Use it after the owner of an archive committed to it while you had changes of your own. Changes that only one
                    side made are taken. If both sides made different changes to the same path, the conflicts are listed, nothing
                    is changed, and the exit code is 1.

                    The environment must not be mounted. If the archive no longer holds the generation that the changes build on,
                    the changes are kept. With a copy of the archive from that time, you can mount them and write them to a new
                    archive with 'commit --to'.
                    """,
                Notes = """
                    A conflict is a file that both sides changed, a file that one side removed and the other changed, or a name
                    that both sides added.
                    """,
                Examples =
                [
                    new("Carry your changes over", "condafuse rebase test-env"),
                    new("Resolve conflicts with your side", "condafuse rebase test-env --keep mine"),
                ],
            },
            new("compact", (session, _) => CompactCommand.Create(session))
            {
                Details = """
                    Asks first. Without --keep, repacks the current content as a new generation and removes all earlier ones.
                    What was used first after earlier mounts is then stored together, so that the next start from slow storage needs
                    fewer requests. Changes by other users that build on a removed generation no longer fit and cannot be carried over.

                    With --keep 2 or more, that many of the newest generations stay, with their numbers. Their blocks are moved as
                    they are stored, which takes little longer than a copy. The environment must not be mounted and must have no
                    uncommitted changes.
                    """,
                Notes = """
                    Without a terminal, the command needs --yes. If the archive holds only one generation, there is nothing to
                    compact without --repack. Processes that have the old file open keep it.
                    """,
                Examples =
                [
                    new("Keep only the current content", "condafuse compact test-env"),
                    new("Store together what is used first", "condafuse compact test-env --repack"),
                    new("Keep the newest three generations", "condafuse compact test-env --keep 3"),
                ],
            },
        ]);
}
