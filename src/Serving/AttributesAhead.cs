namespace CondaFuse.Serving;

/// <summary>
/// Guesses whether whoever lists directories will ask for the attributes of all that is in them (<c>ls -l</c>, <c>du</c>), or only goes down into the
/// subdirectories (<c>find</c>): telling attributes costs the kernel an inode for each entry. Who looks up an entry of a directory that was
/// just listed without, wants them. Called from all workers; a lost update costs a wrong guess, nothing else.
/// </summary>
internal sealed class AttributesAhead
{
    private const int ListingsAfterLookup = 64;
    private const int Remembered = 8;
    private readonly ulong[] listedWithout = new ulong[Remembered];
    private int next;
    private int credit;

    /// <summary>Decides for one request for entries of a directory.</summary>
    internal bool WantedFor(ulong directory)
    {
        if (Volatile.Read(ref credit) > 0)
        {
            Interlocked.Decrement(ref credit);
            return true;
        }

        Remember(directory);
        return false;
    }

    /// <summary>Learns from a lookup of an entry that is not a directory.</summary>
    internal void LookedUp(ulong directory)
    {
        if (listedWithout.AsSpan().Contains(directory))
        {
            Volatile.Write(ref credit, ListingsAfterLookup);
        }
    }

    private void Remember(ulong directory)
    {
        if (!listedWithout.AsSpan().Contains(directory))
        {
            listedWithout[(uint)Interlocked.Increment(ref next) % Remembered] = directory;
        }
    }
}
