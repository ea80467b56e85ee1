using CondaFuse.Helper.Commands;

namespace CondaFuse.Helper.Help;

/// <summary>Commands that read and write archives and images.</summary>
internal static class PackingCommands
{
    public static CommandGroup Group { get; } = new(
        "Packing",
        [
            new("pack", (session, _) => PackCommand.Create(session))
            {
                Usage = "[OPTION...] [DIRECTORY]",
                Details = """
                    Packs a conda environment, by default the active one, as conda-pack does, for a machine without condafuse or
                    conda. After unpacking, run bin/conda-unpack once, then 'source bin/activate'.

                    With DIRECTORY, packs any directory tree as it is, by default into an image.
                    """,
                Notes = """
                    The order of --exclude and --include counts, and * also matches slashes. For SquashFS, compression level 0 is
                    uncompressed, 1 to 8 are zstd, and 9 is xz.

                    In a zip archive, copies of their targets are stored instead of symlinks, unless --zip-symlinks is given. The
                    command names the files outside of the environment that it copies. It refuses, and names, symlinks whose target is
                    missing, a directory outside, or a directory that contains the symlink.
                    """,
                Examples =
                [
                    new("Pack an environment as test-env.tar.gz", "condafuse pack -n test-env"),
                    new("Pack it for one prefix, as an image", "condafuse pack -n test-env -d /opt/test-env -o test-env.squashfs"),
                    new("Pack a directory", "condafuse pack ./data -o data.squashfs"),
                ],
            },
            new("extract", (session, _) => ExtractCommand.Create(session))
            {
                Details = """
                    Checks the stored checksums first. Set-user-ID and set-group-ID bits, devices, and the extended attributes of
                    security. and trusted. are left out unless --preserve-special is given.

                    An environment gets the prefix that it has in DIRECTORY, as if it had been created there. --as-is keeps the one
                    that it has in the archive.
                    """,
                Notes = "DIRECTORY must be empty or not exist. Use --preserve-special only as root, and for images that you trust.",
                Examples =
                [
                    new("Unpack an environment where FUSE cannot be used", "condafuse extract test-env.squashfs ~/test-env"),
                    new("Unpack an image", "condafuse extract data.squashfs ./data"),
                ],
            },
            new("convert", (session, _) => ConvertCommand.Create(session))
            {
                Details = """
                    The complete new archive replaces the old file and gets the new extension. If the command is killed, run it
                    again to finish. A zip archive has no extended attributes and no earlier generations; the command asks before
                    it drops generations.

                    The environment must not be mounted and must have no uncommitted changes.
                    """,
                Notes = """
                    If the archive is a symlink, its target is converted and both get the new extension; other symlinks to the
                    target are then dangling. The command lists the extended attributes that it leaves out.
                    """,
                Examples = [new("Convert an environment to zip", "condafuse convert test-env --to zip")],
            },
            new("info", (session, _) => InfoCommand.Create(session))
            {
                Details = "With oci://REF, shows an environment in a registry, of which only a few kilobytes are read.",
                Examples =
                [
                    new("Show an image", "condafuse info data.squashfs"),
                    new("Show an environment in a registry", "condafuse info oci://registry.example.org/team/test-env:latest"),
                ],
            },
            new("verify", (session, _) => VerifyCommand.Create(session))
            {
                Details = """
                    Reads everything in an image, compares the checksums that condafuse stores with it, and lists the damaged
                    files. The exit code is 7 if there are any.
                    """,
                Examples = [new("Check an environment's archive", "condafuse verify test-env")],
            },
        ]);
}
