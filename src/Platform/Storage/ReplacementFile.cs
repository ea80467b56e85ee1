namespace CondaFuse.Platform;

/// <summary>
/// A file that is being written: a temporary file in its target's folder, renamed to the target when it is complete and on the storage. Until then,
/// disposing removes it, and the target is unchanged. It is created exclusively, gets its owner and permissions by descriptor, and all operations
/// are relative to one open folder.
/// </summary>
public sealed class ReplacementFile : IDisposable
{
    /// <summary>The end of the temporary name: <c>TARGET.XXXXXXXX.partial</c>.</summary>
    public const string Suffix = ".partial";

    private const int Digits = 8;

    private readonly IStorageFolder _folder;
    private readonly bool _ownsFolder;
    private readonly string _target;
    private bool _published;
    private bool _isKept;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="folder">The target's folder.</param>
    /// <param name="target">The target's name in it; a symlink of that name is replaced, not followed.</param>
    /// <param name="rights">Its owner and permissions, as far as this user may set them; null for those of any new file.</param>
    /// <exception cref="PlatformException">No file can be created in the folder.</exception>
    public ReplacementFile(IStorageFolder folder, string target, EntryRights? rights = null)
        : this(folder, target, rights, ownsFolder: false)
    {
    }

    private ReplacementFile(IStorageFolder folder, string target, EntryRights? rights, bool ownsFolder)
    {
        (_folder, _target, _ownsFolder, Name) = (folder, target, ownsFolder, NameFor(target));
        try
        {
            File = folder.Open(Name, rights is null ? StorageAccess.Create : StorageAccess.CreatePrivate);
        }
        catch
        {
            _published = true; // there is nothing to remove
            Dispose();
            throw;
        }

        try
        {
            if (rights is { } wanted)
            {
                File.GiveRights(wanted);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The temporary file.</summary>
    public IStorageFile File { get; } = null!;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The target's path, for messages.</summary>
    public string Path => System.IO.Path.Combine(_folder.Path, _target);

    /// <summary>Creates the temporary file for a path that the user specifies, resolved by <see cref="OutputPath"/>.</summary>
    /// <param name="path">The target's path.</param>
    /// <param name="rights">Its owner and permissions, as far as this user may set them; null for those of any new file.</param>
    /// <exception cref="PlatformException">The folder does not exist, no file can be created in it, or the target is no regular file.</exception>
    public static ReplacementFile At(string path, EntryRights? rights = null)
    {
        var (folder, name) = OutputPath.Open(path);
        return new ReplacementFile(folder, name, rights, ownsFolder: true);
    }

    /// <summary>A new temporary name for a target.</summary>
    public static string NameFor(string target) => $"{target}.{Guid.NewGuid().ToString("N")[..Digits]}{Suffix}";

    /// <summary>Whether a name is a temporary name of a target.</summary>
    public static bool IsNameFor(string file, string target)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(target);
        return file.Length == target.Length + 1 + Digits + Suffix.Length
            && file.StartsWith(target + ".", StringComparison.Ordinal) && file.EndsWith(Suffix, StringComparison.Ordinal);
    }

    /// <summary>Waits for the storage, then renames the file to the target and syncs that too.</summary>
    /// <param name="permission">Called when the file is on the storage, before it is renamed; its result is disposed of afterwards. If it throws,
    /// nothing has changed.</param>
    /// <exception cref="PlatformException">The storage failed. The target is unchanged, unless only the folder could not be synced.</exception>
    public void Publish(Func<IDisposable>? permission = null)
    {
        File.Sync();
        using var given = permission?.Invoke();
        _folder.Rename(Name, _target);
        _published = true;
        _folder.Sync();
    }

    /// <summary>The same for a target that must not exist yet.</summary>
    /// <exception cref="PlatformException">EEXIST: the target exists by now and is unchanged. Or as above.</exception>
    public void PublishNew()
    {
        File.Sync();
        _folder.RenameNew(Name, _target);
        _published = true;
        _folder.Sync();
    }

    /// <summary>Keeps the temporary file, under its name, for a later attempt.</summary>
    public void Keep() => _isKept = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        File?.Dispose();
        try
        {
            if (!_published && !_isKept)
            {
                _folder.Remove(Name);
                _published = true;
            }
        }
        catch (PlatformException)
        {
            // The original failure says more; doctor finds the leftover by its name.
        }
        finally
        {
            if (_ownsFolder)
            {
                _folder.Dispose();
            }
        }
    }
}
