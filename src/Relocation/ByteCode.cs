using System.Buffers.Binary;

namespace CondaFuse.Relocation;

/// <summary>
/// Finds a prefix in Python's byte code (<c>.pyc</c>): 16 bytes of header, then one marshalled code object. Only the strings are examined, and only
/// by their lengths; nothing is executed.
/// </summary>
public static class ByteCode
{
    /// <summary>Offset in the header of the source's length, modulo 2^32.</summary>
    public const int SourceSizeAt = 12;

    private const int HeaderBytes = 16;

    /// <summary>Magic numbers of 3.6, of the first release with positional-only arguments, of 3.11, and beyond 3.14.</summary>
    private const int OldestMagic = 3379, PositionalOnlyMagic = 3410, LocalsPlusMagic = 3450, UnknownMagic = 3700;

    private const byte SharedFlag = 0x80;

    /// <summary>Whether the byte code is validated by its source's time and length, rather than by a hash or not at all.</summary>
    public static bool IsTimed(ReadOnlySpan<byte> content) =>
        content.Length > HeaderBytes && BinaryPrimitives.ReadUInt32LittleEndian(content[4..]) == 0 && content[2] == '\r' && content[3] == '\n';

    /// <summary>Finds a prefix in the strings.</summary>
    /// <returns>Null if this is not byte code of a known version.</returns>
    public static PrefixSpots? Find(ReadOnlySpan<byte> content, PrefixText prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (!IsTimed(content) || BinaryPrimitives.ReadUInt16LittleEndian(content) is < OldestMagic or >= UnknownMagic)
        {
            return null;
        }

        var walk = new Walk(content, BinaryPrimitives.ReadUInt16LittleEndian(content), prefix.Plain);
        return walk.Run() ? new PrefixSpots { Spots = walk.Spots, Counted = walk.Strings } : null;
    }

    /// <summary>The type and length bytes of a string with another length.</summary>
    /// <param name="type">The current type.</param>
    /// <param name="length">The new length in bytes.</param>
    /// <param name="isAscii">Whether the inserted text is ASCII.</param>
    internal static byte[] Head(byte type, int length, bool isAscii)
    {
        var kind = (char)(type & ~SharedFlag);
        var isInterned = kind is 'A' or 'Z' or 't';
        if (kind is 'z' or 'Z' && isAscii && length <= byte.MaxValue)
        {
            return [type, (byte)length];
        }

        var wide = kind is 's' or 'u' or 't' ? kind : isAscii ? (isInterned ? 'A' : 'a') : isInterned ? 't' : 'u';
        var head = new byte[1 + sizeof(int)];
        head[0] = (byte)(wide | (type & SharedFlag));
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(1), length);
        return head;
    }

    /// <summary>Walks the objects without recursion: the remaining work is a stack of counts.</summary>
    private ref struct Walk(ReadOnlySpan<byte> content, int magic, ReadOnlySpan<byte> prefix)
    {
        private readonly ReadOnlySpan<byte> _content = content;
        private readonly ReadOnlySpan<byte> _prefix = prefix;
        private readonly Stack<(Step Step, long Count)> _left = new([(Step.Objects, 1)]);
        private int _at = HeaderBytes;

        /// <summary>Python itself allows at most 2000 nested objects.</summary>
        private const int MaxDepth = 16384;

        private enum Step
        {
            Objects,
            Pairs,
            Numbers,
        }

        public List<PrefixSpot> Spots { get; } = [];

        public List<CountedString> Strings { get; } = [];

        public bool Run()
        {
            while (_left.TryPop(out var next))
            {
                if (_left.Count > MaxDepth)
                {
                    return false;
                }

                if (next.Step == Step.Numbers)
                {
                    if (!Skip(next.Count * sizeof(int)))
                    {
                        return false;
                    }

                    continue;
                }

                if (next.Count > 1 || next.Step == Step.Pairs)
                {
                    _left.Push((next.Step, next.Step == Step.Pairs ? next.Count : next.Count - 1));
                }

                if (next.Count > 0 && !Object(next.Step == Step.Pairs))
                {
                    return false;
                }
            }

            return _at == _content.Length && Spots.Count <= PrefixFinder.MaxSpots;
        }

        private bool Object(bool mayEndPairs)
        {
            if (_at >= _content.Length)
            {
                return false;
            }

            var start = _at++;
            switch ((char)(_content[start] & ~SharedFlag))
            {
                case '0' when mayEndPairs:
                    _left.Pop();
                    return true;
                case 'N' or 'F' or 'T' or 'S' or '.':
                    return true;
                case 'i' or 'r':
                    return Skip(4);
                case 'I' or 'g':
                    return Skip(8);
                case 'y':
                    return Skip(16);
                case 'f':
                    return Short(out var digits) && Skip(digits);
                case 'x':
                    return Short(out var real) && Skip(real) && Short(out var imaginary) && Skip(imaginary);
                case 'l':
                    return Long(out var parts) && Skip(Math.Abs((long)parts) * 2);
                case 's' or 'u' or 't' or 'a' or 'A':
                    return Long(out var length) && Text(start, length);
                case 'z' or 'Z':
                    return Short(out var shortLength) && Text(start, shortLength);
                case '(' or '[' or '<' or '>':
                    return Long(out var count) && Push(count);
                case ')':
                    return Short(out var few) && Push(few);
                case '{':
                    _left.Push((Step.Pairs, 1));
                    return true;
                case ':':
                    return Push(3);
                case 'c':
                    return Code();
                default:
                    return false;
            }
        }

        /// <summary>Reads a code object as <c>marshal.c</c> writes it.</summary>
        private readonly bool Code()
        {
            var hasLocalsPlus = magic >= LocalsPlusMagic;
            _left.Push((Step.Objects, hasLocalsPlus ? 2 : 1));
            _left.Push((Step.Numbers, 1));
            _left.Push((Step.Objects, 8));
            _left.Push((Step.Numbers, hasLocalsPlus || magic < PositionalOnlyMagic ? 5 : 6));
            return true;
        }

        private bool Text(int start, int length)
        {
            var text = _at;
            if (!Skip(length))
            {
                return false;
            }

            var count = Spots.Count;
            for (int at = text, found; (found = _content[at.._at].IndexOf(_prefix)) >= 0; at += found + _prefix.Length)
            {
                Spots.Add(new PrefixSpot(at + found, PrefixForm.Plain));
            }

            if (Spots.Count > count)
            {
                Strings.Add(new CountedString(Spots.Count - count, start, _content[start], text - start, length));
            }

            return true;
        }

        private readonly bool Push(int count)
        {
            if (count > 0)
            {
                _left.Push((Step.Objects, count));
            }

            return count >= 0 && count <= _content.Length;
        }

        private bool Short(out int value)
        {
            value = _at < _content.Length ? _content[_at] : 0;
            return Skip(1);
        }

        private bool Long(out int value)
        {
            value = _at + sizeof(int) <= _content.Length ? BinaryPrimitives.ReadInt32LittleEndian(_content[_at..]) : 0;
            return Skip(sizeof(int));
        }

        private bool Skip(long bytes)
        {
            var fits = bytes >= 0 && bytes <= _content.Length - _at;
            _at += fits ? (int)bytes : 0;
            return fits;
        }
    }
}
