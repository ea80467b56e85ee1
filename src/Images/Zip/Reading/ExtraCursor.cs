using System.Buffers.Binary;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Goes through extra fields. What follows the first that does not fit is no field: writers pad with anything.</summary>
/// <param name="extra">The fields.</param>
internal ref struct ExtraCursor(ReadOnlySpan<byte> extra)
{
    private const int HeaderBytes = 4;

    private ReadOnlySpan<byte> _rest = extra;

    public bool TryNext(out ExtraId id, out ReadOnlySpan<byte> data)
    {
        id = default;
        data = default;
        if (_rest.Length < HeaderBytes)
        {
            return false;
        }

        id = (ExtraId)BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]);
        if (length > _rest.Length - HeaderBytes)
        {
            return false;
        }

        data = _rest.Slice(HeaderBytes, length);
        _rest = _rest[(HeaderBytes + length)..];
        return true;
    }
}
