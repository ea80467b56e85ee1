using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>A digest that any change of an archive changes: the identity of one that is another tool's.</summary>
internal static class ZipIdentity
{
    public static Guid Of(ImageFile file, EndRecord end)
    {
        var digest = new DirectoryDigest(end.Directory);
        var window = new byte[(int)Math.Min(DirectoryDigest.PartBytes, file.Length - end.Directory)];
        for (var position = end.Directory; position < file.Length; position += window.Length)
        {
            var part = window.AsSpan(0, (int)Math.Min(window.Length, file.Length - position));
            file.Read(position, part);
            digest.Add(part);
        }

        return digest.Value;
    }
}
