namespace CondaFuse.Fuse.Session;

/// <summary>The way to the kernel and back. Used by all workers at once.</summary>
public interface IFuseChannel
{
    /// <summary>Waits for a request.</summary>
    /// <param name="buffer">Takes the request; <see cref="Requests.MessageSizes.Request"/> bytes.</param>
    /// <returns>Length of the request; 0 when there will be no more.</returns>
    int Receive(Span<byte> buffer);

    /// <summary>Sends a reply. One to a request that its caller has given up is dropped.</summary>
    void Send(ReadOnlySpan<byte> reply);

    /// <summary>Makes every <see cref="Receive"/>, also those under way, return 0. May be called from any thread.</summary>
    void Stop();
}
