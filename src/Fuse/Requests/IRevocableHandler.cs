namespace CondaFuse.Fuse.Requests;

/// <summary>A handler whose replies the kernel counts: one that it did not take must be taken back.</summary>
public interface IRevocableHandler : IRequestHandler
{
    /// <summary>Takes back what a reply without error told, as nobody has received it.</summary>
    /// <param name="payload">The reply's payload.</param>
    void TakeBack(ReadOnlySpan<byte> payload);
}
