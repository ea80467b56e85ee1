namespace CondaFuse.Lifecycle;

/// <summary>A log that cannot fail: a line that cannot be written is lost, the mount is not.</summary>
/// <param name="write">Writes a line.</param>
public sealed class SafeLog(Action<string> write)
{
    /// <summary>Writes a line, if that is possible.</summary>
    public void Write(string line)
    {
        try
        {
            write(line);
        }
#pragma warning disable CA1031 // a full disk, a closed descriptor, a bug: no line is worth a mount
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
