using CondaFuse.Images;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Layout;
using CondaFuse.Tree;

namespace CondaFuse.Registry.Transfer;

/// <summary>An environment in a registry, without its content: a few kilobytes.</summary>
/// <param name="Reference">The reference that was asked for.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="Config">Its description.</param>
/// <param name="StoredBytes">Length of all its blobs.</param>
/// <param name="Blobs">Number of the blobs with its bytes.</param>
public sealed record RemoteEnvironment(RegistryReference Reference, Hash Digest, EnvironmentConfig Config, long StoredBytes, int Blobs)
{
    private const int ParallelRequests = 4;

    /// <summary>The manifest.</summary>
    internal EnvironmentManifest Manifest { get; private init; } = null!;

    /// <summary>Reads the environment that a reference names.</summary>
    /// <exception cref="RegistryException">There is none, or another failure.</exception>
    public static async Task<RemoteEnvironment> ReadAsync(
        RegistrySettings settings, RegistryReference reference, CancellationToken cancellation)
    {
        using var client = await RegistryClient.OpenAsync(settings, reference, cancellation);
        return await ReadAsync(client, cancellation);
    }

    /// <summary>The tags of a repository, in order.</summary>
    /// <exception cref="RegistryException">There is no such repository, or another failure.</exception>
    public static async Task<IReadOnlyList<string>> TagsAsync(
        RegistrySettings settings, RegistryReference repository, CancellationToken cancellation)
    {
        using var client = await RegistryClient.OpenAsync(settings, repository, cancellation);
        return await client.TagsAsync(cancellation);
    }

    /// <summary>The environments that the tags of a repository name, in order.</summary>
    /// <returns>For each tag, the environment; null if the tag names something else.</returns>
    /// <exception cref="RegistryException">There is no such repository, or another failure.</exception>
    public static async Task<IReadOnlyList<(string Tag, RemoteEnvironment? Environment)>> ListAsync(
        RegistrySettings settings, RegistryReference repository, CancellationToken cancellation)
    {
        using var client = await RegistryClient.OpenAsync(settings, repository, cancellation);
        var tags = await client.TagsAsync(cancellation);
        var found = new RemoteEnvironment?[tags.Count];
        await Parallel.ForAsync(
            0, tags.Count, new ParallelOptions { MaxDegreeOfParallelism = ParallelRequests, CancellationToken = cancellation },
            async (at, stop) => found[at] = await TryReadAsync(client, tags[at], stop));
        return [.. tags.Zip(found)];
    }

    /// <summary>Reads what the client's reference names.</summary>
    internal static async Task<RemoteEnvironment> ReadAsync(RegistryClient client, CancellationToken cancellation) =>
        await OfAsync(client, client.Reference, await client.ReadManifestAsync(cancellation), cancellation);

    /// <summary>Reads where its bytes are, and their digests.</summary>
    /// <exception cref="RegistryException">It is damaged, or another failure.</exception>
    internal async Task<EnvironmentIndex> ReadIndexAsync(RegistryClient client, CancellationToken cancellation) => EnvironmentIndex.Parse(
        await client.ReadBlobAsync(Manifest.Index, IndexFormat.MaxBytes, cancellation), Manifest, Config, Reference);

    /// <summary>Reads the parts of files that are used first after a mount, with one request.</summary>
    /// <returns>Empty if there is no such list, or it cannot be used: it is only a hint. It may name files that do not exist.</returns>
    /// <exception cref="RegistryException">The registry cannot be reached, or denies access.</exception>
    internal async Task<IReadOnlyList<UsedRange>> ReadFirstUsesAsync(RegistryClient client, CancellationToken cancellation)
    {
        if (Manifest.FirstUses is not { Size: <= EnvironmentManifest.MaxFirstUses } list)
        {
            return [];
        }

        try
        {
            return FirstUseList.TryParse(await client.ReadBlobAsync(list, EnvironmentManifest.MaxFirstUses, cancellation)) ?? [];
        }
        catch (RegistryException failure) when (failure.Fault is RegistryFault.Damaged or RegistryFault.NotFound)
        {
            return [];
        }
    }

    /// <summary>Reads what a tag names; null if there is no such tag.</summary>
    internal static async Task<RemoteEnvironment?> FindAsync(RegistryClient client, string tag, CancellationToken cancellation) =>
        await client.FindManifestAsync(tag, cancellation) is { } found
            ? await OfAsync(client, client.Reference.WithTag(tag), found, cancellation)
            : null;

    private static async Task<RemoteEnvironment?> TryReadAsync(RegistryClient client, string tag, CancellationToken cancellation)
    {
        try
        {
            return await FindAsync(client, tag, cancellation);
        }
        catch (RegistryException failure) when (failure.Fault is RegistryFault.Foreign or RegistryFault.Damaged or RegistryFault.NotFound)
        {
            return null; // the list goes on
        }
    }

    /// <summary>Reads the description that a manifest names.</summary>
    internal static async Task<RemoteEnvironment> OfAsync(
        RegistryClient client, RegistryReference reference, (byte[] Content, Hash Digest) manifest, CancellationToken cancellation)
    {
        var parsed = EnvironmentManifest.Parse(manifest.Content, reference);
        var config = EnvironmentConfig.Parse(await client.ReadBlobAsync(parsed.Config, EnvironmentConfig.MaxBytes, cancellation), reference);
        return new RemoteEnvironment(reference, manifest.Digest, config, parsed.TotalBytes, parsed.Data.Count) { Manifest = parsed };
    }
}

/// <summary>Bytes transferred so far, and in all.</summary>
public readonly record struct TransferProgress(long Bytes, long TotalBytes);
