using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Remote;

/// <summary>Descriptions of images as files (docs/formats.md, "Cache of registries").</summary>
public static class RemoteDescription
{
    private const ushort RightsOfOthers = 0x3F; // 077

    /// <summary>Whether a file describes an image in a registry, by its first bytes.</summary>
    /// <exception cref="PlatformException">It cannot be read.</exception>
    public static bool IsOne(string path)
    {
        using var file = PlainFile.OpenToRead(path);
        return IsOne(file);
    }

    /// <summary>Reads a description.</summary>
    /// <exception cref="ImageException">It is damaged, or another user may have written it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static RemoteImage Read(string path)
    {
        using var file = PlainFile.OpenItselfToRead(path);
        return Read(file, path);
    }

    internal static bool IsOne(SafeFileHandle file)
    {
        Span<byte> magic = stackalloc byte[sizeof(ulong)];
        return FileContent.Read(file, 0, magic) == magic.Length && MemoryMarshal.Read<ulong>(magic) == RemoteFormat.Magic;
    }

    internal static RemoteImage Read(SafeFileHandle file, string path)
    {
        using (var lease = new HandleLease(file))
        {
            var status = FileStatus.Of(lease, []);
            if (status.UserId != Identity.UserId || (status.Permissions & RightsOfOthers) != 0)
            {
                throw new ImageException(ImageFault.NotAnImage, $"{path}: the description of an image in a registry must belong to you alone.");
            }
        }

        return Parse(PlainFile.ReadAll(file, RemoteFormat.MaxBytes), path);
    }

    /// <summary>The bytes of a description.</summary>
    public static byte[] Format(RemoteImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var texts = Encoding.UTF8.GetBytes($"{image.Reference}\0{image.Runtime}\0{image.Settings}\0{image.LowerCache}\0");
        var index = image.Parts[image.Index];
        var raw = new RawRemoteImage
        {
            Magic = RemoteFormat.Magic, MajorVersion = RemoteFormat.MajorVersion, Flags = image.IsOffline ? RemoteFormat.OfflineFlag : 0,
            TimeoutSeconds = (uint)image.Timeout.TotalSeconds, Blobs = (uint)image.Index, Extents = (uint)image.Extents.Count,
            TextBytes = (uint)texts.Length, ImageBytes = (ulong)image.ImageBytes, IndexRoot = (ulong)index.Start, IndexEnd = (ulong)index.Size,
        };
        using var content = new MemoryStream();
        unsafe
        {
            Convert.FromHexString(index.Digest).CopyTo(new Span<byte>(raw.IndexDigest, Sha256.DigestBytes));
            Convert.FromHexString(image.ManifestDigest).CopyTo(new Span<byte>(raw.ManifestDigest, Sha256.DigestBytes));
            image.Head.Span.CopyTo(new Span<byte>(raw.Head, StoredImage.HeadBytes));
        }

        content.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<RawRemoteImage>(in raw)));
        content.Write(texts);
        foreach (var part in image.Parts.Take(image.Index))
        {
            content.Write(Convert.FromHexString(part.Digest));
            content.Write(BitConverter.GetBytes((ulong)part.Size));
        }

        foreach (var extent in image.Extents)
        {
            var rawExtent = new RawRemoteExtent
            {
                Position = (ulong)extent.Position, Length = (ulong)extent.Length, Offset = (ulong)extent.Offset, Blob = (uint)extent.Part,
            };
            content.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<RawRemoteExtent>(in rawExtent)));
        }

        content.Write(image.PageDigests.Span);
        Span<byte> digest = stackalloc byte[Sha256.DigestBytes];
        Sha256.Hash(content.GetBuffer().AsSpan(0, (int)content.Length), digest);
        content.Write(digest);
        return content.ToArray();
    }

    /// <summary>Parses a description, whose digest at the end shows that it is whole. It was checked when it was made.</summary>
    internal static RemoteImage Parse(ReadOnlySpan<byte> content, string path)
    {
        if (content.Length < Unsafe.SizeOf<RawRemoteImage>() + Sha256.DigestBytes
            || !Sha256.Matches(content[..^Sha256.DigestBytes], content[^Sha256.DigestBytes..]))
        {
            throw Damaged(path, "it is incomplete");
        }

        var rest = content[..^Sha256.DigestBytes];
        var raw = Take<RawRemoteImage>(ref rest, 1)[0];
        if (raw.Magic != RemoteFormat.Magic || raw.MajorVersion != RemoteFormat.MajorVersion)
        {
            throw Damaged(path, $"its version is {raw.MajorVersion}; this program reads only {RemoteFormat.MajorVersion}");
        }

        if (raw.Blobs is 0 or > RemoteFormat.MaxBlobs || raw.Extents is 0 or > RemoteFormat.MaxExtents || raw.TextBytes > RemoteFormat.MaxTextBytes
            || raw.IndexRoot > raw.IndexEnd || raw.IndexEnd - raw.IndexRoot > RemoteFormat.MaxPages * (ulong)RemoteImage.LeafBytes
            || rest.Length < raw.TextBytes + (raw.Blobs * (long)Unsafe.SizeOf<RawRemoteBlob>())
                + (raw.Extents * (long)Unsafe.SizeOf<RawRemoteExtent>()))
        {
            throw Damaged(path, "its numbers are impossible");
        }

        var texts = Encoding.UTF8.GetString(Take<byte>(ref rest, (int)raw.TextBytes)).Split('\0');
        var blobs = Take<RawRemoteBlob>(ref rest, (int)raw.Blobs);
        var extents = Take<RawRemoteExtent>(ref rest, (int)raw.Extents);
        var parts = new List<RemotePart>();
        foreach (ref var blob in blobs.AsSpan())
        {
            parts.Add(new RemotePart(Digest(ref blob), (long)blob.Size, 0));
        }

        parts.Add(new RemotePart(Hex(ref raw, index: true), (long)raw.IndexEnd, (long)raw.IndexRoot));
        return rest.Length != parts[^1].Leaves * Sha256.DigestBytes || texts.Length != RemoteFormat.Texts + 1
            ? throw Damaged(path, "its parts do not fit")
            : new RemoteImage(parts)
            {
                Reference = texts[0],
                Runtime = texts[1],
                Settings = texts[2],
                LowerCache = texts[3].Length > 0 ? texts[3] : null,
                IsOffline = (raw.Flags & RemoteFormat.OfflineFlag) != 0,
                Timeout = TimeSpan.FromSeconds(raw.TimeoutSeconds),
                ImageBytes = (long)raw.ImageBytes,
                ManifestDigest = Hex(ref raw, index: false),
                Head = HeadOf(ref raw),
                Extents =
                [
                    .. extents.Select(extent =>
                        new RemoteExtent((long)extent.Position, (long)extent.Length, (int)extent.Blob, (long)extent.Offset)),
                ],
                PageDigests = rest.ToArray(),
            };
    }

    private static T[] Take<T>(ref ReadOnlySpan<byte> rest, int count)
        where T : unmanaged
    {
        var bytes = count * Unsafe.SizeOf<T>();
        var taken = MemoryMarshal.Cast<byte, T>(rest[..bytes]).ToArray();
        rest = rest[bytes..];
        return taken;
    }

    private static unsafe string Digest(ref RawRemoteBlob blob)
    {
        fixed (byte* digest = blob.Digest)
        {
            return Convert.ToHexStringLower(new ReadOnlySpan<byte>(digest, Sha256.DigestBytes));
        }
    }

    private static unsafe string Hex(ref RawRemoteImage raw, bool index)
    {
        fixed (byte* ofIndex = raw.IndexDigest, ofManifest = raw.ManifestDigest)
        {
            return Convert.ToHexStringLower(new ReadOnlySpan<byte>(index ? ofIndex : ofManifest, Sha256.DigestBytes));
        }
    }

    private static unsafe byte[] HeadOf(ref RawRemoteImage raw)
    {
        fixed (byte* head = raw.Head)
        {
            return new ReadOnlySpan<byte>(head, StoredImage.HeadBytes).ToArray();
        }
    }

    private static ImageException Damaged(string path, string why) => new(
        ImageFault.NotAnImage, $"{path}: this description of an image in a registry cannot be used: {why}. Mount the reference again.");
}
