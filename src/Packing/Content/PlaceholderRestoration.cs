using System.Text;
using CondaFuse.Packing.Metadata;

namespace CondaFuse.Packing.Content;

/// <summary>Makes of an installed file what its package holds.</summary>
internal static class PlaceholderRestoration
{
    /// <summary>Puts the placeholder back in the place of a prefix; the checksum that conda recorded tells whether that gave the package's file.</summary>
    public static bool TryRestore(byte[] data, ManagedFile managed, ReadOnlySpan<byte> prefix, out byte[] restored) =>
        TryPutBack(data, managed, prefix, out restored) && (managed.PackageDigest is null || managed.PackageDigest == Sha256.Of(restored));

    /// <summary>Puts the placeholder back in the place of a prefix; false where its length tells that this did not give the package's file.</summary>
    public static bool TryPutBack(byte[] data, ManagedFile managed, ReadOnlySpan<byte> prefix, out byte[] restored)
    {
        var placeholder = Encoding.UTF8.GetBytes(managed.Placeholder!);
        restored = data;
        if (managed.Mode == PrefixMode.Text)
        {
            restored = PrefixReplacement.InText(data, prefix, placeholder);
        }
        else if (PrefixReplacement.TryRestoreBinary(data, prefix, placeholder, out var binary))
        {
            restored = binary;
        }
        else
        {
            return false;
        }

        return managed.PackageSize is not { } size || size == restored.Length;
    }
}
