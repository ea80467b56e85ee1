namespace CondaFuse.Fuse.Session;

/// <summary>The way to the kernel and back. Used by all workers at once.</summary>
public interface IFuseChannel
{
    /// <summary>Waits for a request.</summary>
    /// <param name="buffer">Takes the request; as many bytes as the session's <see cref="Requests.MessageSizes.Request"/>.</param>
    /// <returns>Length of the request; 0 when there will be no more.</returns>
    int Receive(Span<byte> buffer);

    /// <summary>Sends a reply.</summary>
    /// <returns>False if it was dropped: the caller has given up, or the file system is gone.</returns>
    bool Send(ReadOnlySpan<byte> reply);

    /// <summary>Makes every <see cref="Receive"/>, also those under way, return 0. May be called from any thread.</summary>
    void Stop();
}
