using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Http;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>Downloads leaves of blobs over several connections. Each is compared with its digest before it is used.</summary>
/// <param name="client">The repository.</param>
/// <param name="policy">How often to try.</param>
/// <param name="index">The leaves.</param>
internal sealed class BlobDownload(RegistryClient client, RetryPolicy policy, EnvironmentIndex index) : IDisposable
{
    private const int Connections = 4;

    /// <summary>Most leaves of a request: 8 MiB. Many requests of that size occupy all connections until the end.</summary>
    private const int RequestLeaves = 128;

    /// <summary>Held while a registry that ignores ranges sends a whole blob.</summary>
    private readonly SemaphoreSlim _wholeBlob = new(1);

    /// <summary>Downloads.</summary>
    /// <param name="missing">For each leaf, whether it is needed; cleared when it has been received.</param>
    /// <param name="received">Receives a leaf and its bytes, from several threads.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="RegistryException">The registry failed or is damaged.</exception>
    public Task RunAsync(bool[] missing, Action<int, ReadOnlyMemory<byte>> received, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            Requests(missing).ToList(),
            new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellation },
            async (request, stop) => await FetchAsync(request.First, request.End, missing, received, stop));

    public void Dispose() => _wholeBlob.Dispose();

    /// <summary>The ranges of leaves to ask for, each in one blob.</summary>
    private IEnumerable<(int First, int End)> Requests(bool[] missing)
    {
        for (var leaf = 0; leaf < missing.Length; leaf++)
        {
            if (missing[leaf])
            {
                var first = leaf;
                var end = Math.Min(EndOf(index.BlobOf(first)), first + RequestLeaves);
                while (leaf + 1 < end && missing[leaf + 1])
                {
                    leaf++;
                }

                yield return (first, leaf + 1);
            }
        }
    }

    /// <summary>Fetches leaves. After a broken connection, only those that are still missing are asked for.</summary>
    private async ValueTask FetchAsync(
        int first, int end, bool[] missing, Action<int, ReadOnlyMemory<byte>> received, CancellationToken cancellation)
    {
        for (var failures = 0; ;)
        {
            for (; first < end && !missing[first]; first++)
            {
            }

            if (first == end)
            {
                return;
            }

            try
            {
                await foreach (var (leaf, content) in LeavesAsync(first, end, missing, cancellation))
                {
                    if (missing[leaf])
                    {
                        received(leaf, content);
                        missing[leaf] = false;
                        failures = 0;
                    }
                }
            }
            catch (Exception failure) when (failure is not PlatformException && Failures.MayPass(failure, cancellation))
            {
                if (++failures >= policy.Attempts)
                {
                    throw Failures.Unreachable(client.At(""), failure);
                }

                await client.Connection.PauseAsync(failures, asked: null, cancellation);
            }
        }
    }

    /// <summary>The leaves of a request as they arrive. If the registry answers with the whole blob, those of the blob.</summary>
    private async IAsyncEnumerable<(int Leaf, ReadOnlyMemory<byte> Content)> LeavesAsync(
        int first, int end, bool[] missing, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var number = index.BlobOf(first);
        var blob = index.Blobs[number];
        var (from, to) = (index.OffsetOf(first), index.OffsetOf(end - 1) + index.LengthOf(end - 1));
        var range = to - from == blob.Size ? null : new RangeHeaderValue(from, to - 1);
        using var answer = await client.GetBlobAsync(blob, range, cancellation);
        using var body = await client.Connection.BodyOfAsync(answer, cancellation);
        var isWhole = range is not null && answer.StatusCode != HttpStatusCode.PartialContent;
        if (isWhole)
        {
            await _wholeBlob.WaitAsync(cancellation);
            (first, end) = (index.FirstLeafOf(number), Array.IndexOf(missing, true, first, end - first) < 0 ? 0 : EndOf(number));
        }
        else if (range is not null && answer.Content.Headers.ContentRange?.From != from)
        {
            throw new RegistryException(
                RegistryFault.Refused, $"{client.Reference}: another part of a blob was answered than was requested");
        }

        try
        {
            var buffer = new byte[IndexFormat.LeafBytes];
            for (var leaf = first; leaf < end; leaf++)
            {
                var content = buffer.AsMemory(0, index.LengthOf(leaf));
                if (await body.ReadFullyAsync(content, cancellation) < content.Length)
                {
                    throw new IOException("the answer ended early");
                }

                yield return index.Matches(leaf, content.Span)
                    ? (leaf, content)
                    : throw Fields.Invalid(
                        client.Reference, $"bytes of the blob {blob.Digest} are not what its digest says; the registry or a proxy changed them");
            }
        }
        finally
        {
            if (isWhole)
            {
                _wholeBlob.Release();
            }
        }
    }

    private int EndOf(int blob) => blob + 1 < index.Blobs.Count ? index.FirstLeafOf(blob + 1) : index.LeafCount;
}
