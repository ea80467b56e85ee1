namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// Short files of one class share fragments: they compress better beside their like, and an import, which reads compiled
/// modules but no sources, decompresses less.
/// </summary>
internal static class FragmentClass
{
    public const int Count = 3;

    /// <summary>0: compiled Python modules; 1: Python sources; 2: everything else.</summary>
    public static int Of(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith(".pyc"u8))
        {
            return 0;
        }

        return name.EndsWith(".py"u8) ? 1 : 2;
    }
}
