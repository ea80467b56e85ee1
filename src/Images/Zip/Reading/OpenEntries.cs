namespace CondaFuse.Images.Zip.Reading;

/// <summary>The entries that are being decompressed, and the most recently used of the others.</summary>
internal sealed class OpenEntries : IDisposable
{
    private const int MaxKept = 12;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, OpenEntry> _entries = [];
    private long _uses;

    /// <summary>Takes an entry, which must be returned.</summary>
    public OpenEntry Take(int number)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(number, out var entry))
            {
                _entries.Add(number, entry = new OpenEntry(number));
            }

            entry.Users++;
            entry.LastUse = ++_uses;
            return entry;
        }
    }

    public void Return(OpenEntry entry)
    {
        OpenEntry? oldest = null;
        lock (_gate)
        {
            entry.Users--;
            if (_entries.Count > MaxKept && (oldest = _entries.Values.Where(other => other.Users == 0).MinBy(other => other.LastUse)) is not null)
            {
                _entries.Remove(oldest.Number);
            }
        }

        oldest?.Dispose();
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Dispose();
        }
    }
}
