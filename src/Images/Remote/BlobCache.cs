using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Images.Remote;

/// <summary>
/// The cache of blobs of registries: one sparse file for each blob, with a map that says which leaves it has. All processes of a user share it
/// without locks: a leaf is written before its mark, marks are only hints, and every reader compares what it reads with its digest.
/// </summary>
public sealed class BlobCache : IDisposable
{
    /// <summary>The extension of descriptions.</summary>
    internal const string DescriptionExtension = ".squashfs";

    private const string BlobFolder = "blobs";
    private const string ImageFolder = "images";
    private const string ReferenceFolder = "references";
    private const int MaxReference = 4096;
    private const int MaxMap = 16 << 20;

    private readonly FileIdentity? _identity;

    private BlobCache(string path)
    {
        Path = path;
        Root = PrivateFolder.OpenOrMake(path);
        Blobs = PrivateFolder.OpenOrMake($"{path}/{BlobFolder}");
        _identity = FileIdentity.TryOf(Blobs.Path);
    }

    /// <summary>Whether its folder is still at its path: users may remove a cache at any time.</summary>
    public bool IsThere => FileIdentity.TryOf(Blobs.Path) == _identity;

    /// <summary>Its folder.</summary>
    public string Path { get; }

    /// <summary>The folder itself, for locks.</summary>
    public PrivateFolder Root { get; }

    /// <summary>The folder of the blobs.</summary>
    public PrivateFolder Blobs { get; }

    /// <summary>Opens the cache in a folder, which is created if necessary.</summary>
    /// <exception cref="PrivateFolderException">The folder belongs to another user, or others may enter it.</exception>
    public static BlobCache Open(string path) => new(path);

    /// <summary>The cache that a description belongs to.</summary>
    /// <param name="description">Its path: <c>CACHE/images/DIGEST/NAME.squashfs</c>.</param>
    public static string PathOf(string description) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(description)!, "..", ".."));

    /// <summary>The path of the description of an image.</summary>
    public string DescriptionOf(string manifestDigest, string name) => $"{Path}/{ImageFolder}/{manifestDigest}/{name}{DescriptionExtension}";

    /// <summary>Opens a blob; null if nothing of it is in the cache.</summary>
    public CachedBlob? TryOpen(RemotePart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return CachedBlob.TryOpen(part, name => Blobs.TryOpenFile(name));
    }

    /// <summary>Opens a blob for writing, with empty files if nothing of it is in the cache.</summary>
    /// <exception cref="PlatformException">The files cannot be made.</exception>
    public CachedBlob OpenToWrite(RemotePart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return CachedBlob.TryOpen(part, Blobs.OpenOrCreateFile)!;
    }

    /// <summary>Frees the space of a blob. Readers notice, because leaves of zeros do not have their digests.</summary>
    public void Evict(string digest)
    {
        using var map = Blobs.OpenOrCreateFile(digest + CachedBlob.MapExtension);
        using var data = Blobs.OpenOrCreateFile(digest);
        map.Truncate(0);
        if (!data.TryPunchHole(0, data.Length))
        {
            data.Truncate(0);
        }
    }

    /// <summary>Removes the files of a blob.</summary>
    public void Remove(string digest)
    {
        Blobs.Remove(digest + CachedBlob.MapExtension);
        Blobs.Remove(digest);
    }

    /// <summary>Writes a description, unless it is there: a fetcher that uses one opens it again when it was replaced.</summary>
    /// <returns>Its path.</returns>
    public string Describe(string name, RemoteImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using (PrivateFolder.OpenOrMake($"{Path}/{ImageFolder}"))
        using (var folder = PrivateFolder.OpenOrMake($"{Path}/{ImageFolder}/{image.ManifestDigest}"))
        {
            var content = RemoteDescription.Format(image);
            if (folder.TryRead(name + DescriptionExtension, RemoteFormat.MaxBytes)?.AsSpan().SequenceEqual(content) != true)
            {
                folder.Write(name + DescriptionExtension, content);
            }
        }

        return DescriptionOf(image.ManifestDigest, name);
    }

    /// <summary>Remembers what a reference named, for a mount without network. The time of the file is that of the last mount.</summary>
    public void Remember(string reference, string manifestDigest)
    {
        using var folder = PrivateFolder.OpenOrMake($"{Path}/{ReferenceFolder}");
        folder.Write(KeyOf(reference), Encoding.UTF8.GetBytes($"{manifestDigest} {reference}\n"));
    }

    /// <summary>The digest of the manifest that a reference named when it was last mounted; null if it never was.</summary>
    public string? DigestOf(string reference)
    {
        using var folder = TryOpenFolder(ReferenceFolder);
        return folder?.TryRead(KeyOf(reference), MaxReference) is { } content
            && Encoding.UTF8.GetString(content).TrimEnd('\n').Split(' ', 2) is [var digest, var known] && known == reference
                ? digest
                : null;
    }

    /// <summary>The images, the one that was mounted longest ago first.</summary>
    public IReadOnlyList<CachedDescription> Images()
    {
        var mounts = LastMounts();
        using var images = TryOpenFolder(ImageFolder);
        return [.. (images?.List() ?? []).SelectMany(digest => InFolder(digest, mounts.GetValueOrDefault(digest))).OrderBy(image => image.LastMount)];
    }

    /// <summary>Removes the description of an image, and what references to it are remembered.</summary>
    public void Remove(CachedDescription image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using (var images = TryOpenFolder(ImageFolder))
        {
            images?.RemoveFolder(image.Image.ManifestDigest);
        }

        using var references = TryOpenFolder(ReferenceFolder);
        foreach (var name in references?.List() ?? [])
        {
            if (DigestIn(references!, name) == image.Image.ManifestDigest)
            {
                references!.Remove(name);
            }
        }
    }

    /// <summary>The blobs, with the bytes that they have according to their maps: some file systems count late what a sparse file takes.</summary>
    public IReadOnlyDictionary<string, long> BlobBytes() => Blobs.List()
        .Where(name => name.Length == 2 * Sha256.DigestBytes)
        .ToDictionary(
            name => name,
            name => (long)(Blobs.TryRead(name + CachedBlob.MapExtension, MaxMap)?.AsSpan().Count((byte)1) ?? 0) * RemoteImage.LeafBytes,
            StringComparer.Ordinal);

    private Dictionary<string, long> LastMounts()
    {
        var mounts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var references = TryOpenFolder(ReferenceFolder);
        foreach (var name in references?.List() ?? [])
        {
            if (DigestIn(references!, name) is { } digest && references!.StatusOf(name) is { } status)
            {
                mounts[digest] = Math.Max(mounts.GetValueOrDefault(digest), status.Modified.Seconds);
            }
        }

        return mounts;
    }

    private static string? DigestIn(PrivateFolder references, string name) =>
        references.TryRead(name, MaxReference) is { } content ? Encoding.UTF8.GetString(content).Split(' ')[0] : null;

    private IEnumerable<CachedDescription> InFolder(string digest, long lastMount)
    {
        using var folder = TryOpenFolder($"{ImageFolder}/{digest}");
        foreach (var file in folder?.List().Where(file => file.EndsWith(DescriptionExtension, StringComparison.Ordinal)) ?? [])
        {
            RemoteImage image;
            try
            {
                image = RemoteDescription.Read(folder!.Of(file));
            }
            catch (ImageException)
            {
                continue; // of another version, or incomplete
            }

            yield return new CachedDescription(folder!.Of(file), image, lastMount);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Blobs.Dispose();
        Root.Dispose();
    }

    /// <summary>The folder of a kind; null if there is none.</summary>
    private PrivateFolder? TryOpenFolder(string name) => PrivateFolder.TryOpen($"{Path}/{name}", Identity.UserId);

    private static string KeyOf(string reference)
    {
        Span<byte> digest = stackalloc byte[Sha256.DigestBytes];
        Sha256.Hash(Encoding.UTF8.GetBytes(reference), digest);
        return Convert.ToHexStringLower(digest);
    }
}

/// <summary>An image that the cache describes.</summary>
/// <param name="Path">The path of the description.</param>
/// <param name="Image">The image.</param>
/// <param name="LastMount">When it was last mounted, in seconds since 1970; 0 if unknown.</param>
public sealed record CachedDescription(string Path, RemoteImage Image, long LastMount);
