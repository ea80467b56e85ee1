using System.Buffers.Binary;

namespace CondaFuse.Compression.Bzip2;

/// <summary>Writes bits, the highest first. What does not fit is dropped, and said at the end.</summary>
internal ref struct BitWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private ulong _bits;
    private int _count;
    private int _length;

    /// <summary>Writes the lowest bits of a value.</summary>
    /// <param name="value">The value; nothing above the bits.</param>
    /// <param name="count">At most 32.</param>
    public void Write(uint value, int count)
    {
        _count += count;
        _bits |= (ulong)value << (64 - _count);
        if (_count >= 32)
        {
            Flush();
        }
    }

    /// <summary>Writes what is left, with zeros up to a whole byte.</summary>
    /// <returns>Bytes in all; 0 if they did not fit.</returns>
    public int Finish()
    {
        for (; _count > 0; _count -= 8, _bits <<= 8)
        {
            if (_length < _destination.Length)
            {
                _destination[_length] = (byte)(_bits >> 56);
            }

            _length++;
        }

        return _length <= _destination.Length ? _length : 0;
    }

    private void Flush()
    {
        if (_length + sizeof(uint) <= _destination.Length)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_destination[_length..], (uint)(_bits >> 32));
            _length += sizeof(uint);
        }
        else
        {
            _length = _destination.Length + 1;
        }

        _bits <<= 32;
        _count -= 32;
    }
}
