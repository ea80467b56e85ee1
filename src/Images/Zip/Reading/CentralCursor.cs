using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Reads a central directory record by record, through a window.</summary>
/// <param name="file">The archive.</param>
/// <param name="end">Its end record.</param>
internal sealed class CentralCursor(ImageFile file, EndRecord end)
{
    private const int Window = 1 << 20;

    private readonly byte[] _window = new byte[(int)Math.Min(Window, end.DirectoryBytes)];
    private long _read;
    private int _from;
    private int _to;

    /// <summary>The position of the next record in the file.</summary>
    public long Position => end.Directory + _read - (_to - _from);

    /// <summary>Reads the next record; its spans are valid until the next call.</summary>
    /// <returns>False at the directory's end.</returns>
    /// <exception cref="ImageException"><see cref="ImageFault.CentralDirectory"/>.</exception>
    public bool TryNext(out CentralRecord record)
    {
        record = default;
        var size = Unsafe.SizeOf<RawCentralHeader>();
        if (!TryHold(sizeof(uint)) || MemoryMarshal.Read<uint>(_window.AsSpan(_from)) == ZipFormat.DigitalSignature)
        {
            return false;
        }

        if (!TryHold(size) || MemoryMarshal.Read<RawCentralHeader>(_window.AsSpan(_from)) is not { Signature: ZipFormat.CentralSignature } raw)
        {
            throw Broken();
        }

        var length = size + raw.NameLength + raw.ExtraLength + raw.CommentLength;
        if (!TryHold(length))
        {
            throw Broken();
        }

        record = new CentralRecord(raw, _window.AsSpan(_from + size, raw.NameLength), _window.AsSpan(_from + size + raw.NameLength, raw.ExtraLength));
        _from += length;
        return true;
    }

    private ImageException Broken() =>
        new(ImageFault.CentralDirectory, $"{file.Path}: there is no whole record of the central directory at {Position}.");

    /// <summary>Fills the window with at least this many bytes, if the directory has them.</summary>
    private bool TryHold(int bytes)
    {
        if (_to - _from >= bytes)
        {
            return true;
        }

        _window.AsSpan(_from, _to - _from).CopyTo(_window);
        (_from, _to) = (0, _to - _from);
        var more = (int)Math.Min(_window.Length - _to, end.DirectoryBytes - _read);
        file.Read(end.Directory + _read, _window.AsSpan(_to, more));
        _read += more;
        _to += more;
        return _to >= bytes;
    }
}

/// <summary>A record of the central directory in raw form.</summary>
/// <param name="raw">The fixed part.</param>
/// <param name="name">The name's bytes.</param>
/// <param name="extra">The extra fields.</param>
internal readonly ref struct CentralRecord(RawCentralHeader raw, ReadOnlySpan<byte> name, ReadOnlySpan<byte> extra)
{
    public readonly RawCentralHeader Raw = raw;

    public readonly ReadOnlySpan<byte> Name = name;

    public readonly ReadOnlySpan<byte> Extra = extra;
}

/// <summary>Iterates over extra fields. Bytes after the last complete field are ignored, because some writers add padding.</summary>
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
