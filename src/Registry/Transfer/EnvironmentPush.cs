using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>Uploads an archive to a registry: what the repository does not have of it, then the manifest, at last the tag.</summary>
/// <param name="settings">The user's credentials and the like.</param>
/// <param name="reference">Where to.</param>
public sealed class EnvironmentPush(RegistrySettings settings, RegistryReference reference)
{
    private const int ParallelRequests = 4;

    /// <summary>The environment's prefix; null if it is unknown.</summary>
    public string? Prefix { get; init; }

    /// <summary>The environment's name as an argument, for hints.</summary>
    public string Name { get; init; } = "NAME";

    /// <summary>Whether to replace a tag that names something else than an earlier generation of this archive.</summary>
    public bool Force { get; init; }

    /// <summary>Receives the bytes sent of what is missing in the registry.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>Uploads an archive. A commit that happens meanwhile does not matter: the generation at the start is uploaded.</summary>
    /// <param name="file">The archive's open file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="cancellation">Cancels; what was uploaded is found again by the next push.</param>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Conflict"/>: the tag is not an earlier generation of this archive, or another
    /// push won; or another failure.</exception>
    public async Task<PushOutcome> RunAsync(IStorageFile file, string path, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (reference.Digest is not null)
        {
            throw new RegistryException(RegistryFault.BadReference, $"'{reference}' has a digest, but a push needs a tag");
        }

        var image = StoredImage.Read(file, path)
            ?? throw new RegistryException(RegistryFault.Unsupported, $"{path} is a zip archive; only SquashFS images are pushed");
        var tag = reference.Tag ?? RegistryReference.DefaultTag;
        using var client = await RegistryClient.OpenAsync(settings, reference.WithTag(tag), cancellation);
        var before = await FindBeforeAsync(client, tag, image, cancellation);

        var blobs = await PrepareAsync(client, before.Environment, file, image, cancellation);
        var (manifest, small) = Describe(image, blobs);
        var content = manifest.Format();
        var digest = Hash.Of(content);
        if (before.Digest == digest)
        {
            return new PushOutcome(reference.WithTag(tag), digest, image.Version.Generation, 0, image.Length) { IsUpToDate = true };
        }

        var sent = await UploadAsync(client, [.. blobs.Sources, .. small], cancellation);
        await PutAsync(client, $"g{image.Version.Generation}-{digest.Short}", content, digest, cancellation);
        if (await DigestOfAsync(client, tag, cancellation) != before.Digest)
        {
            throw Lost(client.Reference, "was changed by someone else during this push, and was not replaced");
        }

        await client.PutManifestAsync(tag, content, cancellation);
        return await DigestOfAsync(client, tag, cancellation) == digest
            ? new PushOutcome(reference.WithTag(tag), digest, image.Version.Generation, sent + content.Length, image.Length)
            : throw Lost(client.Reference, "was changed by someone else at the same moment, and now names that environment");
    }

    private static RegistryException Lost(RegistryReference reference, string what) =>
        new(RegistryFault.Conflict, $"{reference} {what}") { Hint = $"look at it: condafuse info oci://{reference}; then push again" };

    /// <returns>What the tag names now; nothing if there is no such tag. The environment is null if it is not one of this program.</returns>
    private async Task<(Hash? Digest, RemoteEnvironment? Environment)> FindBeforeAsync(
        RegistryClient client, string tag, StoredImage image, CancellationToken cancellation)
    {
        if (await client.FindManifestAsync(tag, cancellation) is not { } found)
        {
            return default;
        }

        RemoteEnvironment remote;
        try
        {
            remote = await RemoteEnvironment.OfAsync(client, client.Reference, found, cancellation);
        }
        catch (RegistryException failure) when (failure.Fault is RegistryFault.Foreign or RegistryFault.Damaged or RegistryFault.NotFound)
        {
            return Force ? (found.Digest, null) : throw Refusal($"{failure.Message}; it was not replaced");
        }

        if (!Force)
        {
            DemandBase(client.Reference, remote, image);
        }

        return (remote.Digest, remote);
    }

    /// <exception cref="RegistryException">The image does not build on what the tag names.</exception>
    private void DemandBase(RegistryReference tag, RemoteEnvironment remote, StoredImage image)
    {
        var theirs = remote.Config.Generation.Number;
        var relation = Histories.Compare(
            image.Version.Identity, EnvironmentConfig.HistoryOf(image), remote.Config.Identity, remote.Config.History);
        var refusal = relation switch
        {
            HistoryRelation.Same or HistoryRelation.LocalIsAhead => null,
            HistoryRelation.RemoteIsAhead => $"is at generation {theirs}, later than this archive ({image.Version.Generation}); it was not replaced",
            HistoryRelation.Diverged =>
                $"is at a generation {theirs} that this archive ({image.Version.Generation}) does not build on; it was not replaced",
            _ => "is another environment; it was not replaced",
        };
        if (refusal is not null)
        {
            throw Refusal(
                $"{tag} {refusal}",
                relation == HistoryRelation.RemoteIsAhead
                    ? $"condafuse pull {reference} {Name}, then condafuse rebase {Name} if it has uncommitted changes, "
                        + $"condafuse commit {Name}, and push"
                    : null);
        }
    }

    private RegistryException Refusal(string message, string? hint = null) => new(RegistryFault.Conflict, message)
    {
        Hint = hint ?? $"condafuse pull {reference} NEW gets it under another name; push to another tag, or --force replaces it",
    };

    private static async Task<Hash?> DigestOfAsync(RegistryClient client, string tag, CancellationToken cancellation) =>
        await client.FindManifestAsync(tag, cancellation) is { } found ? found.Digest : null;

    /// <summary>One blob for each generation; after a compaction, the blobs that the tag has and a new one.</summary>
    private static async Task<PreparedBlobs> PrepareAsync(
        RegistryClient client, RemoteEnvironment? known, IStorageFile file, StoredImage image, CancellationToken cancellation)
    {
        var inOrder = PreparedBlobs.InOrder(file, image, cancellation);
        var digests = inOrder.Index.Blobs.Select(blob => blob.Digest).ToHashSet();
        if (known is null || known.Config.Identity != image.Version.Identity || known.Manifest.Data.All(blob => digests.Contains(blob.Digest)))
        {
            return inOrder;
        }

        try
        {
            var index = await known.ReadIndexAsync(client, cancellation);
            return ReusedBlobs.TryPrepare(file, image.Length, index, cancellation) is { } reused
                && (await MissingAsync(client, reused.Index.Blobs.Except(reused.Sources.Select(source => source.Blob)), cancellation)).Count == 0
                    ? reused
                    : inOrder;
        }
        catch (RegistryException failure) when (failure.Fault is RegistryFault.Damaged or RegistryFault.NotFound)
        {
            return inOrder;
        }
    }

    private (EnvironmentManifest Manifest, IReadOnlyList<BlobSource> Small) Describe(StoredImage image, PreparedBlobs blobs)
    {
        var (indexContent, root) = blobs.Index.Format();
        if (indexContent.Length > IndexFormat.MaxBytes)
        {
            throw new RegistryException(RegistryFault.Unsupported, $"the archive has {image.Length} bytes, which is too large for this format");
        }

        var config = new EnvironmentConfig
        {
            Identity = image.Version.Identity, Prefix = Prefix, Platform = Platform, Bytes = image.Length, Superblock = image.Head,
            TablesStart = image.TablesStart, Message = image.History[0].Message, History = EnvironmentConfig.HistoryOf(image),
            IndexRootBytes = root, IndexRoot = Hash.Of(indexContent.AsSpan(0, root)),
        }.Format();
        var (head, firstUses) = (image.Head.ToArray(), image.FirstUses.ToArray());
        var manifest = new EnvironmentManifest(
            new Descriptor(MediaTypes.Config, Hash.Of(config), config.Length),
            new Descriptor(MediaTypes.Head, Hash.Of(head), head.Length) { Title = blobs.AreInOrder ? EnvironmentManifest.HeadTitle : null },
            blobs.Index.Blobs,
            new Descriptor(MediaTypes.Index, Hash.Of(indexContent), indexContent.Length))
        {
            FirstUses = firstUses.Length > 0 ? new Descriptor(MediaTypes.FirstUses, Hash.Of(firstUses), firstUses.Length) : null,
        };
        List<BlobSource> small =
        [
            BlobSource.Of(head, manifest.Head), BlobSource.Of(indexContent, manifest.Index), BlobSource.Of(config, manifest.Config),
        ];
        if (manifest.FirstUses is { } list)
        {
            small.Add(BlobSource.Of(firstUses, list));
        }

        return (manifest, small);
    }

    private static string Platform => RuntimeInformation.OSArchitecture is var machine && machine == Architecture.X64
        ? "linux/amd64"
        : $"linux/{machine.ToString().ToLowerInvariant()}";

    /// <returns>Bytes that the repository did not have.</returns>
    private async Task<long> UploadAsync(RegistryClient client, IReadOnlyList<BlobSource> sources, CancellationToken cancellation)
    {
        var needed = await MissingAsync(client, sources.Select(source => source.Blob), cancellation);
        var missing = sources.Where(source => needed.Contains(source.Blob)).ToList();
        var total = missing.Sum(source => source.Blob.Size);
        var sent = 0L;
        foreach (var source in missing)
        {
            var done = sent;
            var upload = new BlobUpload(client, source, bytes => Progress?.Report(new TransferProgress(done + bytes, total)));
            await upload.RunAsync(cancellation);
            sent += source.Blob.Size;
        }

        return total;
    }

    /// <summary>Which of some blobs the repository does not have.</summary>
    private static async Task<IReadOnlyCollection<Descriptor>> MissingAsync(
        RegistryClient client, IEnumerable<Descriptor> blobs, CancellationToken cancellation)
    {
        var missing = new ConcurrentBag<Descriptor>();
        await Parallel.ForEachAsync(
            blobs, new ParallelOptions { MaxDegreeOfParallelism = ParallelRequests, CancellationToken = cancellation },
            async (blob, stop) =>
            {
                if (!await client.HasBlobAsync(blob.Digest, stop))
                {
                    missing.Add(blob);
                }
            });
        return missing;
    }

    /// <summary>Writes a tag that is never changed.</summary>
    private static async Task PutAsync(RegistryClient client, string tag, byte[] content, Hash digest, CancellationToken cancellation)
    {
        if (await DigestOfAsync(client, tag, cancellation) != digest)
        {
            await client.PutManifestAsync(tag, content, cancellation);
        }
    }
}

/// <summary>The result of a push.</summary>
/// <param name="Reference">The tag.</param>
/// <param name="Digest">The digest of the manifest.</param>
/// <param name="Generation">The generation that was pushed.</param>
/// <param name="SentBytes">Bytes that were uploaded.</param>
/// <param name="ImageBytes">Length of the archive.</param>
public sealed record PushOutcome(RegistryReference Reference, Hash Digest, long Generation, long SentBytes, long ImageBytes)
{
    /// <summary>Whether the tag named this generation already.</summary>
    public bool IsUpToDate { get; init; }
}
