namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>What stands behind a name's last dot.</summary>
internal static class FileExtension
{
    /// <summary>Orders extensions by their bytes.</summary>
    public static IComparer<ReadOnlyMemory<byte>> Order { get; } =
        Comparer<ReadOnlyMemory<byte>>.Create((left, right) => left.Span.SequenceCompareTo(right.Span));

    /// <summary>The extension; empty without a dot.</summary>
    public static ReadOnlyMemory<byte> Of(byte[] name)
    {
        var dot = name.AsSpan().LastIndexOf((byte)'.');
        return dot < 0 ? default : name.AsMemory(dot + 1);
    }
}
