using CondaFuse.Packing;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>Where a packing goes: what is looked at before anything is read.</summary>
/// <param name="output">The path, as the user gave it.</param>
/// <param name="settings">What is to be written there.</param>
internal sealed class PackTarget(string output, ArchiveSettings settings)
{
    /// <summary>Refuses a place that nothing can be written to, or where something is that is not replaced.</summary>
    /// <param name="force">Whether a file, or what was packed as a directory, may be replaced, and directories made.</param>
    /// <exception cref="StoreException"><see cref="StoreFault.AlreadyExists"/>;
    /// <see cref="StoreFault.NotFound"/>: the directory that it goes into.</exception>
    /// <exception cref="TreeException">This user may not write there.</exception>
    public void Demand(bool force)
    {
        var type = FileStatus.TypeAt(output);
        if (type is not (null or EntryType.File or EntryType.Directory))
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{output} is {Describe(type.Value)}, which is not replaced: name a file that is to be written");
        }

        if (type is not null && !force)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{output} exists; --force replaces it");
        }

        if (type == EntryType.Directory && !MayReplace())
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{output} is a directory, and not one that was packed: remove it by hand");
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
                throw new StoreException(StoreFault.NotFound, $"there is no directory {parent} for {output}; --force makes it");
            case not EntryType.Directory:
                throw new StoreException(StoreFault.NotFound, $"{parent} is no directory: nothing can be written there");
            default:
                if (!Writability.IsAllowed(parent))
                {
                    throw new TreeException(TreeFailure.AccessDenied, $"you may not write into {parent}");
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
                TreeFailure.AccessDenied, $"the directory {directory} cannot be made: you may not write there, or a file is in its way", failure);
        }
    }

    /// <summary>Only what a packing can have made is replaced.</summary>
    private bool MayReplace() =>
        settings.Format == PackFormat.Directory
        && (Directory.Exists(Path.Combine(output, settings.ArcRoot, "conda-meta")) || !Directory.EnumerateFileSystemEntries(output).Any());

    private static string Describe(EntryType type) => type switch
    {
        EntryType.Fifo => "a named pipe",
        EntryType.Socket => "a socket",
        EntryType.CharacterDevice or EntryType.BlockDevice => "a device",
        _ => "no file",
    };
}
