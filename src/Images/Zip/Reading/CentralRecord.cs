using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>One record of the central directory as it is in the file.</summary>
/// <param name="raw">The fixed part.</param>
/// <param name="name">The name's bytes.</param>
/// <param name="extra">The extra fields.</param>
internal readonly ref struct CentralRecord(RawCentralHeader raw, ReadOnlySpan<byte> name, ReadOnlySpan<byte> extra)
{
    public readonly RawCentralHeader Raw = raw;

    public readonly ReadOnlySpan<byte> Name = name;

    public readonly ReadOnlySpan<byte> Extra = extra;
}
