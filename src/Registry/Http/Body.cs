namespace CondaFuse.Registry.Http;

/// <summary>The body of an answer, read in bounded time: each read, and the whole at a least rate. Never longer than announced here.</summary>
/// <param name="stream">The body.</param>
/// <param name="policy">How long to wait.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class Body(Stream stream, RetryPolicy policy, TimeProvider clock) : IDisposable
{
    private readonly long _start = clock.GetTimestamp();
    private long _bytes;

    /// <summary>Reads a whole body.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Refused"/>: it is longer than the limit.</exception>
    public async Task<byte[]> ReadAllAsync(int limit, string what, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var buffer = new byte[Math.Min(limit, 64 << 10) + 1];
        int read;
        while ((read = await ReadAsync(buffer, cancellation)) > 0)
        {
            if (content.Length + read > limit)
            {
                throw new RegistryException(RegistryFault.Refused, $"{what} is longer than {limit} bytes");
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>Reads until the destination is full or the body ends.</summary>
    /// <returns>Bytes read.</returns>
    public async Task<int> ReadFullyAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        var done = 0;
        for (var read = 1; done < destination.Length && read > 0; done += read)
        {
            read = await ReadAsync(destination[done..], cancellation);
        }

        return done;
    }

    public void Dispose() => stream.Dispose();

    private async Task<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(policy.Reading, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        int read;
        try
        {
            read = await stream.ReadAsync(destination, both.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing was received for {policy.Reading.TotalSeconds:0} seconds", late);
        }

        _bytes += read;
        return clock.GetElapsedTime(_start) > policy.For(_bytes)
            ? throw new TimeoutException($"fewer than {policy.MinBytesPerSecond} bytes per second were received")
            : read;
    }
}
