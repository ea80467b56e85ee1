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
            log?.Invoke(line);
        }

        if (number == Limit)
        {
            log?.Invoke($"{Limit} failures were logged; further ones are not.");
        }
    }
}
