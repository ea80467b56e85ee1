using System.Net;
using System.Net.Http.Headers;
using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Http;

namespace CondaFuse.Registry.Fetching;

/// <summary>Downloads neighbouring leaves of a blob in one request, or in several if the connection breaks.</summary>
/// <param name="client">The repository.</param>
/// <param name="policy">How often to try.</param>
/// <param name="image">The image.</param>
/// <param name="part">The number of the blob.</param>
/// <param name="end">The leaf behind the last one.</param>
internal sealed class LeafDownload(RegistryClient client, RetryPolicy policy, FetchedImage image, int part, long end)
{
    private readonly byte[] _buffer = new byte[RemoteImage.LeafBytes];

    private RemotePart Blob => image.Image.Parts[part];

    /// <summary>The leaf behind the last one that is wanted: more than at first if the registry sends the whole blob.</summary>
    public long End { get; private set; } = end;

    /// <summary>Receives each leaf, in order, after it was compared with its digest.</summary>
    public required Action<long, ReadOnlyMemory<byte>> Arrived { get; init; }

    /// <summary>Called if the registry sends the whole blob instead of a part.</summary>
    public required Action WholeBlob { get; init; }

    /// <summary>Downloads.</summary>
    /// <param name="first">The first leaf.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="RegistryException">The registry failed, or sent other content.</exception>
    public async Task RunAsync(long first, CancellationToken cancellation)
    {
        var next = first;
        for (var failures = 0; next < End;)
        {
            var before = next;
            try
            {
                await foreach (var leaf in LeavesAsync(next, cancellation))
                {
                    next = Math.Max(next, leaf + 1);
                }
            }
            catch (Exception failure) when (failure is not PlatformException && Failures.MayPass(failure, cancellation))
            {
                failures = next > before ? 1 : failures + 1;
                if (failures >= policy.Attempts)
                {
                    throw Failures.Unreachable(client.At(""), failure);
                }

                await client.Connection.PauseAsync(failures, asked: null, cancellation);
            }
        }
    }

    private async IAsyncEnumerable<long> LeavesAsync(
        long first, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var (from, to) = (Blob.PositionOf(first), Blob.PositionOf(End - 1) + Blob.LengthOf(End - 1));
        using var answer = await client.GetBlobAsync(image.BlobOf(part), new RangeHeaderValue(from, to - 1), cancellation);
        using var body = await client.Connection.BodyOfAsync(answer, cancellation);
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            WholeBlob();
            (first, End) = (0, Blob.Leaves);
            await SkipAsync(body, Blob.Start, cancellation);
        }
        else if (answer.Content.Headers.ContentRange?.From != from)
        {
            throw new RegistryException(RegistryFault.Refused, "another part of a blob was answered than was requested");
        }

        for (var leaf = first; leaf < End; leaf++)
        {
            var content = _buffer.AsMemory(0, Blob.LengthOf(leaf));
            if (await body.ReadFullyAsync(content, cancellation) < content.Length)
            {
                throw new IOException("the answer ended early");
            }

            if (!image.Cached.Matches(part, leaf, content.Span))
            {
                throw new RegistryException(
                    RegistryFault.Damaged,
                    $"bytes of the blob sha256:{Blob.Digest} are not what its digest says; the registry or a proxy changed them");
            }

            Arrived(leaf, content);
            yield return leaf;
        }
    }

    private async Task SkipAsync(Body body, long bytes, CancellationToken cancellation)
    {
        for (long skipped = 0; skipped < bytes;)
        {
            var read = await body.ReadFullyAsync(_buffer.AsMemory(0, (int)Math.Min(_buffer.Length, bytes - skipped)), cancellation);
            skipped += read > 0 ? read : throw new IOException("the answer ended early");
        }
    }
}
