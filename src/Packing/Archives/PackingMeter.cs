using CondaFuse.Images;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>Counts what was packed, and tells how far it is.</summary>
/// <param name="totals">What there is to pack; zeros if that is not known.</param>
/// <param name="progress">Whom to tell.</param>
/// <param name="stored">Bytes that were written.</param>
internal sealed class PackingMeter(TreeTotals totals, IProgress<PackProgress>? progress, Func<long> stored)
{
    private const long ReportEvery = 1 << 20;

    private long _reported;

    /// <summary>Bytes of content.</summary>
    public long Bytes { get; private set; }

    /// <summary>Entries, each counted once.</summary>
    public long Entries { get; private set; }

    /// <summary>Counts an entry.</summary>
    public void Count()
    {
        Entries++;
    }

    /// <summary>Counts bytes of content.</summary>
    public void Add(long bytes)
    {
        Bytes += bytes;
        if (Bytes - _reported < ReportEvery || progress is null)
        {
            return;
        }

        _reported = Bytes;
        var known = totals.Entries > 0;
        progress.Report(new PackProgress(Entries, Bytes, stored(), known ? totals.Entries : Entries, known ? totals.StoredBytes : Bytes, known));
    }
}
