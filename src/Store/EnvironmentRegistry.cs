using System.Text;

namespace CondaFuse.Store;

/// <summary>
/// <c>~/.conda/environments.txt</c>, where conda looks for prefixes outside its own directory. conda removes prefixes that do not exist when it
/// reads the file, so each mount adds its own again.
/// </summary>
/// <param name="file">The file.</param>
public sealed class EnvironmentRegistry(string file)
{
    /// <summary>All registered prefixes.</summary>
    public IReadOnlyList<string> Prefixes() => File.Exists(file) ? [.. File.ReadLines(file).Where(line => line.Length > 0)] : [];

    /// <summary>Adds a prefix unless it is listed already, in one appending write, as conda does.</summary>
    public void Add(string prefix)
    {
        if (Prefixes().Contains(prefix, StringComparer.Ordinal))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(Encoding.UTF8.GetBytes($"{(EndsInsideLine() ? "\n" : string.Empty)}{prefix}\n"));
    }

    /// <summary>Removes prefixes.</summary>
    public void Remove(IReadOnlyCollection<string> prefixes)
    {
        var kept = Prefixes().Where(line => !prefixes.Contains(line));
        var temporary = $"{file}.condafuse";
        File.WriteAllText(temporary, string.Concat(kept.Select(line => $"{line}\n")));
        File.Move(temporary, file, overwrite: true);
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
