namespace CondaFuse.Serving;

/// <summary>Passes on the first faults and says when it stops: whoever reads a broken file in a loop must not fill the disk.</summary>
internal sealed class FaultLog(Action<string>? log)
{
    private const int Limit = 200;
    private int written;

    internal void Write(string line)
    {
        if (Volatile.Read(ref written) >= Limit)
        {
            return;
        }

        var number = Interlocked.Increment(ref written);
        if (number <= Limit)
        {
            Pass(line);
        }

        if (number == Limit)
        {
            Pass($"{Limit} failures were logged; further ones are not.");
        }
    }

    /// <summary>A log that cannot be written loses a line; the mount, which others use, lives on.</summary>
    private void Pass(string line)
    {
        try
        {
            log?.Invoke(line);
        }
#pragma warning disable CA1031 // whatever it is, no reply depends on it
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
