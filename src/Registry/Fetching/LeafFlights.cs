namespace CondaFuse.Registry.Fetching;

/// <summary>The leaves that are being fetched. Each is fetched once, however many processes wait for it.</summary>
internal sealed class LeafFlights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Cache, string Blob, long Leaf), TaskCompletionSource<byte[]?>> _flights = [];

    /// <summary>Claims leaves that nobody fetches.</summary>
    /// <param name="blob">The cache and the digest of the blob.</param>
    /// <param name="first">The first leaf.</param>
    /// <param name="count">How many.</param>
    /// <returns>The leaves that the caller must fetch and land; and for all leaves, the task that ends when it is there.</returns>
    public (List<long> Mine, List<Task<byte[]?>> All) Claim((string Cache, string Digest) blob, long first, long count)
    {
        var (mine, all) = (new List<long>(), new List<Task<byte[]?>>());
        lock (_gate)
        {
            for (var leaf = first; leaf < first + count; leaf++)
            {
                if (!_flights.TryGetValue((blob.Cache, blob.Digest, leaf), out var flight))
                {
                    flight = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
                    _flights.Add((blob.Cache, blob.Digest, leaf), flight);
                    mine.Add(leaf);
                }

                all.Add(flight.Task);
            }
        }

        return (mine, all);
    }

    /// <summary>A leaf is there.</summary>
    /// <param name="blob">Its blob.</param>
    /// <param name="leaf">Its number.</param>
    /// <param name="content">Its content if it could not be written to the cache; else null.</param>
    public void Land((string Cache, string Digest) blob, long leaf, byte[]? content) => Remove(blob, leaf)?.TrySetResult(content);

    /// <summary>A leaf could not be fetched.</summary>
    public void Fail((string Cache, string Digest) blob, long leaf, Exception failure)
    {
        if (Remove(blob, leaf) is { } flight)
        {
            flight.TrySetException(failure);
            _ = flight.Task.Exception; // nobody may wait for it
        }
    }

    private TaskCompletionSource<byte[]?>? Remove((string Cache, string Digest) blob, long leaf)
    {
        lock (_gate)
        {
            return _flights.Remove((blob.Cache, blob.Digest, leaf), out var flight) ? flight : null;
        }
    }
}
