using System.Net;
using System.Net.Http.Headers;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Http;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>
/// Downloads an environment into a file. What another archive has at the same place is taken from there. Every byte is compared with its digest
/// before it is written.
/// </summary>
public sealed class EnvironmentPull : IDisposable
{
    private readonly RegistrySettings _settings;
    private readonly RegistryClient _client;
    private readonly EnvironmentIndex _index;
    private readonly byte[] _head;

    private EnvironmentPull(RegistrySettings settings, RegistryClient client, RemoteEnvironment environment, EnvironmentIndex index, byte[] head) =>
        (_settings, _client, Environment, _index, _head) = (settings, client, environment, index, head);

    /// <summary>What is pulled.</summary>
    public RemoteEnvironment Environment { get; }

    /// <summary>Receives the bytes done.</summary>
    public IProgress<TransferProgress>? Progress { get; set; }

    /// <summary>Bytes of content that came from the registry.</summary>
    public long FetchedBytes { get; private set; }

    /// <summary>Reads what a reference names, with the digests of its bytes.</summary>
    /// <exception cref="RegistryException">There is none, or it is damaged, or another failure.</exception>
    public static async Task<EnvironmentPull> OpenAsync(RegistrySettings settings, RegistryReference reference, CancellationToken cancellation)
    {
        var client = await RegistryClient.OpenAsync(settings, reference, cancellation);
        try
        {
            var environment = await RemoteEnvironment.ReadAsync(client, cancellation);
            var manifest = environment.Manifest;
            var head = await client.ReadBlobAsync(manifest.Head, StoredImage.HeadBytes, cancellation);
            if (!head.AsSpan().SequenceEqual(environment.Config.Superblock.Span))
            {
                throw Fields.Invalid(reference, "the superblock is another one than the description says");
            }

            var index = await client.ReadBlobAsync(manifest.Index, IndexFormat.MaxBytes, cancellation);
            return new EnvironmentPull(
                settings, client, environment, EnvironmentIndex.Parse(index, manifest, environment.Config, reference), head);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>How an archive relates to it.</summary>
    public HistoryRelation Compare(StoredImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Histories.Compare(image.Version.Identity, EnvironmentConfig.HistoryOf(image), Environment.Config.Identity, Environment.Config.History);
    }

    /// <summary>Writes the environment's archive.</summary>
    /// <param name="target">An empty file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="known">An archive that may have parts of it; null for none.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="RegistryException">The registry failed or is damaged; what was written must not be used.</exception>
    public async Task WriteAsync(IStorageFile target, string path, IStorageFile? known, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.TryReserve(0, _index.ImageBytes);
        target.WriteAt(0, _head);
        foreach (var extent in _index.Extents)
        {
            await WriteExtentAsync(extent, target, known, cancellation);
        }

        var image = StoredImage.Read(target, path);
        if (image is null || image.Length != _index.ImageBytes || Compare(image) != HistoryRelation.Same
            || image.Version.Generation != Environment.Config.Generation.Number)
        {
            throw Fields.Invalid(Environment.Reference, "the archive is another one than its description says");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Takes leaves from the known archive where they are the same, and all others from the registry, in few requests.</summary>
    private async Task WriteExtentAsync(IndexExtent extent, IStorageFile target, IStorageFile? known, CancellationToken cancellation)
    {
        var first = extent.Offset / IndexFormat.LeafBytes;
        var end = IndexFormat.LeavesOf(extent.Offset + extent.Length);
        var buffer = new byte[IndexFormat.LeafBytes];
        for (var leaf = first; leaf < end;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Has(known, extent, leaf, buffer) is { Length: > 0 } content)
            {
                Write(target, extent, leaf, content.Span);
                leaf++;
                continue;
            }

            var missing = leaf + 1;
            while (missing < end && Has(known, extent, missing, buffer).Length == 0)
            {
                missing++;
            }

            await FetchAsync(extent, leaf, missing, target, cancellation);
            leaf = missing;
        }
    }

    /// <summary>The bytes of a leaf that an archive has at the place where the image has them; empty if it has others.</summary>
    private Memory<byte> Has(IStorageFile? known, IndexExtent extent, long leaf, byte[] buffer)
    {
        var start = leaf * IndexFormat.LeafBytes;
        var content = buffer.AsMemory(0, LengthOf(extent.Blob, leaf));
        var position = extent.Position + start - extent.Offset;
        return known is not null && position >= StoredImage.HeadBytes && known.ReadAt(position, content.Span) == content.Length
            && _index.Matches(extent.Blob, leaf, content.Span)
                ? content
                : Memory<byte>.Empty;
    }

    private int LengthOf(int blob, long leaf) =>
        (int)Math.Min(IndexFormat.LeafBytes, _index.Blobs[blob].Size - (leaf * IndexFormat.LeafBytes));

    /// <summary>Writes the part of a leaf that belongs to the extent.</summary>
    private void Write(IStorageFile target, IndexExtent extent, long leaf, ReadOnlySpan<byte> content)
    {
        var start = leaf * IndexFormat.LeafBytes;
        var from = Math.Max(0, extent.Offset - start);
        var to = Math.Min(content.Length, extent.Offset + extent.Length - start);
        target.WriteAt(extent.Position + start + from - extent.Offset, content[(int)from..(int)to]);
        Progress?.Report(new TransferProgress(extent.Position + start + to - extent.Offset, _index.ImageBytes));
    }

    /// <summary>Fetches leaves. After a broken connection, only those that are still missing are asked for.</summary>
    private async Task FetchAsync(IndexExtent extent, long first, long end, IStorageFile target, CancellationToken cancellation)
    {
        var next = first;
        for (var failures = 0; next < end;)
        {
            var before = next;
            try
            {
                await foreach (var (leaf, content) in LeavesAsync(extent.Blob, next, end, cancellation))
                {
                    Write(target, extent, leaf, content.Span);
                    FetchedBytes += content.Length;
                    next = leaf + 1;
                }
            }
            catch (Exception failure) when (failure is not PlatformException && Failures.MayPass(failure, cancellation))
            {
                failures = next > before ? 1 : failures + 1;
                if (failures >= _settings.Patience.Attempts)
                {
                    throw Failures.Unreachable(_client.At(""), failure);
                }

                await _client.Connection.PauseAsync(failures, asked: null, cancellation);
            }
        }
    }

    /// <summary>The leaves of a blob as they arrive, each compared with its digest.</summary>
    private async IAsyncEnumerable<(long Leaf, ReadOnlyMemory<byte> Content)> LeavesAsync(
        int blob, long first, long end, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var known = _index.Blobs[blob];
        var (from, to) = (first * IndexFormat.LeafBytes, Math.Min(known.Size, end * IndexFormat.LeafBytes));
        var isWhole = from == 0 && to == known.Size;
        using var answer = await _client.GetBlobAsync(known, isWhole ? null : new RangeHeaderValue(from, to - 1), cancellation);
        var buffer = new byte[IndexFormat.LeafBytes];
        using var body = await _client.Connection.BodyOfAsync(answer, cancellation);
        if (answer.StatusCode == HttpStatusCode.PartialContent)
        {
            var range = answer.Content.Headers.ContentRange;
            if (range?.From != from)
            {
                throw new RegistryException(
                    RegistryFault.Refused, $"{Environment.Reference}: another part of a blob was answered than was requested");
            }
        }
        else
        {
            await SkipAsync(body, from, buffer, cancellation); // a registry may answer with the whole blob
        }

        for (var leaf = first; leaf < end; leaf++)
        {
            var content = buffer.AsMemory(0, LengthOf(blob, leaf));
            if (await body.ReadFullyAsync(content, cancellation) < content.Length)
            {
                throw new IOException("the answer ended early");
            }

            yield return _index.Matches(blob, leaf, content.Span)
                ? (leaf, content)
                : throw Fields.Invalid(
                    Environment.Reference, $"bytes of the blob {known.Digest} are not what its digest says; the registry or a proxy changed them");
        }
    }

    private static async Task SkipAsync(Body body, long bytes, byte[] buffer, CancellationToken cancellation)
    {
        for (long skipped = 0; skipped < bytes;)
        {
            var read = await body.ReadFullyAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - skipped)), cancellation);
            skipped += read > 0 ? read : throw new IOException("the answer ended early");
        }
    }
}
