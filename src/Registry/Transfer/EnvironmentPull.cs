using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>
/// Downloads an environment into a file. What another archive has, at the same place or another one, is taken from there. Every byte is compared
/// with its digest before it is written.
/// </summary>
public sealed class EnvironmentPull : IDisposable
{
    private readonly RegistrySettings _settings;
    private readonly RegistryClient _client;
    private readonly EnvironmentIndex _index;
    private readonly LeafParts _parts;
    private readonly byte[] _head;

    private EnvironmentPull(RegistrySettings settings, RegistryClient client, RemoteEnvironment environment, EnvironmentIndex index, byte[] head) =>
        (_settings, _client, Environment, _index, _parts, _head) = (settings, client, environment, index, new LeafParts(index), head);

    /// <summary>What is pulled.</summary>
    public RemoteEnvironment Environment { get; }

    /// <summary>Receives the bytes fetched of those that must come from the registry, from several threads.</summary>
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

            return new EnvironmentPull(settings, client, environment, await environment.ReadIndexAsync(client, cancellation), head);
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

    /// <summary>Whether its history has an archive's newest generation under the same number, so that changes can be carried over.</summary>
    public bool Holds(StoredImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var newest = EnvironmentConfig.HistoryOf(image)[0];
        return Environment.Config.History.Any(entry => entry.Number == newest.Number && entry.HasContentOf(newest));
    }

    /// <summary>Writes the environment's archive.</summary>
    /// <param name="target">An empty file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="known">Archives, or incomplete ones, that may have parts of it.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="RegistryException">The registry failed or is damaged; what was written must not be used.</exception>
    public async Task WriteAsync(IStorageFile target, string path, IReadOnlyList<IStorageFile> known, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(known);
        target.TryReserve(0, _index.ImageBytes);
        target.WriteAt(0, _head);
        var missing = new bool[_index.LeafCount];
        for (var leaf = 0; leaf < missing.Length; leaf++)
        {
            missing[leaf] = _parts.Of(leaf).Length > 0;
        }

        foreach (var file in known)
        {
            new LeafSearch(_index, file).Run(
                file.Length,
                (leaf, _, content) =>
                {
                    if (missing[leaf])
                    {
                        Write(target, leaf, content);
                        missing[leaf] = false;
                    }
                },
                cancellation);
        }

        await DownloadAsync(target, missing, cancellation);
        var image = StoredImage.Read(target, path);
        if (image is null || image.Length != _index.ImageBytes || Compare(image) != HistoryRelation.Same
            || image.Version.Generation != Environment.Config.Generation.Number)
        {
            throw Fields.Invalid(Environment.Reference, "the archive is another one than its description says");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task DownloadAsync(IStorageFile target, bool[] missing, CancellationToken cancellation)
    {
        var total = missing.Index().Where(leaf => leaf.Item).Sum(leaf => (long)_index.LengthOf(leaf.Index));
        var fetched = 0L;
        using var download = new BlobDownload(_client, _settings.RetryPolicy, _index);
        await download.RunAsync(
            missing,
            (leaf, content) =>
            {
                Write(target, leaf, content.Span);
                var done = Interlocked.Add(ref fetched, content.Length);
                Progress?.Report(new TransferProgress(done, total));
            },
            cancellation);
        FetchedBytes = fetched;
    }

    /// <summary>Writes the parts of a leaf that belong to the image.</summary>
    private void Write(IStorageFile target, int leaf, ReadOnlySpan<byte> content)
    {
        foreach (var part in _parts.Of(leaf))
        {
            target.WriteAt(part.Position, content.Slice(part.Offset, part.Length));
        }
    }
}
