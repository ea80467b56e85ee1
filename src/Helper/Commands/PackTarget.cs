using CondaFuse.Packing;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>The output of a packing, checked before anything is read.</summary>
/// <param name="output">The path, as the user gave it.</param>
/// <param name="settings">The settings of the archive.</param>
internal sealed class PackTarget(string output, ArchiveSettings settings)
{
    /// <summary>Refuses an output that cannot be written, or where an existing entry must not be replaced.</summary>
    /// <param name="force">Whether a file, or a directory from an earlier packing, may be replaced, and parent directories may be created.</param>
    /// <exception cref="StoreException"><see cref="StoreFault.AlreadyExists"/>; <see cref="StoreFault.NotFound"/>: the parent directory does not
    /// exist.</exception>
    /// <exception cref="TreeException">This user may not write there.</exception>
    public void Demand(bool force)
    {
        var type = FileStatus.TypeAt(output);
        if (type is not (null or EntryType.File or EntryType.Directory))
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"cannot write {output}: it is {Describe(type.Value)}");
        }

        if (type is not null && !force)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{output} exists") { Hint = "--force replaces it", Path = output };
        }

        if (type == EntryType.Directory && !MayReplace())
        {
            throw new StoreException(StoreFault.AlreadyExists, $"cannot replace {output}: it is a directory that pack did not "
                + $"write") { Hint = "remove it, or choose another name", Path = output };
        }

        DemandParent(force);
    }

    private void DemandParent(bool force)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is not { } parent)
        {
            return;
        }

        if (force && FileStatus.TypeAt(parent) is null)
        {
            Make(parent);
        }

        switch (FileStatus.TypeAt(parent))
        {
            case null:
                throw new StoreException(StoreFault.NotFound, $"there is no directory {parent}") { Hint = "--force creates it", Path = parent };
            case not EntryType.Directory:
                throw new StoreException(StoreFault.NotFound, $"cannot write {output}: {parent} is not a directory");
            default:
                if (!Writability.IsAllowed(parent))
                {
                    throw new TreeException(TreeFailure.AccessDenied, $"you may not write in {parent}");
                }

                break;
        }
    }

    private static void Make(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TreeException(
                TreeFailure.AccessDenied, $"cannot create the directory {directory}: you may not write there, or a file has its name", failure);
        }
    }

    /// <summary>Only entries that a packing may have created are replaced.</summary>
    private bool MayReplace() =>
        settings.Format == PackFormat.Directory
        && (Directory.Exists(Path.Combine(output, settings.ArcRoot, "conda-meta")) || !Directory.EnumerateFileSystemEntries(output).Any());

    private static string Describe(EntryType type) => type switch
    {
        EntryType.Fifo => "a named pipe",
        EntryType.Socket => "a socket",
        EntryType.CharacterDevice or EntryType.BlockDevice => "a device",
        _ => "not a regular file",
    };
}
