using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>
/// <c>~/.conda/environments.txt</c>, where conda looks for prefixes outside its own directory. conda removes prefixes that do not exist when it
/// reads the file, so each mount adds its own again.
/// </summary>
/// <param name="file">The file.</param>
public sealed class EnvironmentRegistry(string file)
{
    private const int MaxBytes = 16 << 20;

    /// <summary>All registered prefixes.</summary>
    /// <exception cref="PlatformException">The file cannot be read.</exception>
    public IReadOnlyList<string> Prefixes()
    {
        try
        {
            using var opened = PlainFile.OpenToRead(file);
            return NativeText.Decode(PlainFile.ReadAll(opened, MaxBytes)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (PlatformException absent) when (absent.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return [];
        }
    }

    /// <summary>Adds a prefix unless it is listed already, in one appending write, as conda does.</summary>
    public void Add(string prefix)
    {
        if (Prefixes().Contains(prefix, StringComparer.Ordinal))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(NativeText.Encode($"{(EndsInsideLine() ? "\n" : string.Empty)}{prefix}\n"));
    }

    /// <summary>Removes prefixes. A symlink in place of the file stays one.</summary>
    public void Remove(IReadOnlyCollection<string> prefixes)
    {
        var kept = Prefixes().Where(line => !prefixes.Contains(line));
        using var replacement = ReplacementFile.At(file, EntryRights.OfExisting(file));
        replacement.File.WriteAt(0, NativeText.Encode(string.Concat(kept.Select(line => $"{line}\n"))));
        replacement.Publish();
    }

    private bool EndsInsideLine()
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (stream.Length == 0)
        {
            return false;
        }

        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() != '\n';
    }
}
