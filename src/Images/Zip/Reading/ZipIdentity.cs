using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>An archive's identity: a digest of its central directory, of what follows, and of where that lies. Any change of the archive changes it.</summary>
internal static class ZipIdentity
{
    private const int Window = 1 << 20;

    public static Guid Of(ImageFile file, EndRecord end)
    {
        var hash = new ContentHash(seed: 0);
        var window = new byte[(int)Math.Min(Window, file.Length - end.Directory)];
        var identity = (UInt128)(ulong)end.Directory;
        for (var position = end.Directory; position < file.Length; position += window.Length)
        {
            var part = window.AsSpan(0, (int)Math.Min(window.Length, file.Length - position));
            file.Read(position, part);
            var digest = hash.Of(part);
            identity = (identity * 0x9E3779B97F4A7C15) + digest.First + UInt128.RotateLeft(digest.Second, 64) + (UInt128)digest.Length;
        }

        return MemoryMarshal.Cast<UInt128, Guid>(new ReadOnlySpan<UInt128>(in identity))[0];
    }
}
