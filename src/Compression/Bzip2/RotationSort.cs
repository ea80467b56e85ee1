namespace CondaFuse.Compression.Bzip2;

/// <summary>
/// The Burrows-Wheeler transform of a block: the last bytes of all its rotations in their order. Two stages (H. Itoh and H. Tanaka, "An efficient
/// method for in memory construction of suffix arrays", 1999): only rotations that begin where a rise turns into a fall are compared; the order
/// of the rest follows from theirs in two passes. Not for several threads at once.
/// </summary>
/// <param name="longest">Bytes in the longest block.</param>
internal sealed unsafe class RotationSort(int longest)
{
    private const int Letters = 256;
    private const int Pairs = Letters * Letters;

    private readonly byte[] _text = new byte[longest + RiseSort.ReadAhead];
    private readonly int[] _order = new int[longest];
    private readonly int[] _turns = new int[longest];
    private readonly int[] _falling = new int[Letters + 1];
    private readonly int[] _rising = new int[Pairs];
    private readonly int[] _turning = new int[Pairs];
    private readonly RiseSort _sort = new((longest / 2) + 1);

    /// <summary>Transforms a block.</summary>
    /// <param name="block">The block; not empty.</param>
    /// <param name="last">Takes the last byte of each rotation, as many as the block has.</param>
    /// <returns>The place of the block itself among its rotations.</returns>
    public int Transform(ReadOnlySpan<byte> block, Span<byte> last)
    {
        var length = block.Length;
        var start = Descent(block);
        if (start < 0)
        {
            block.CopyTo(last); // one letter: all rotations are the same
            return 0;
        }

        // The text begins behind a fall, so that its last letter is one that falls and no rise goes around the end.
        block[start..].CopyTo(_text);
        block[..start].CopyTo(_text.AsSpan(length - start));
        for (var i = 0; i < RiseSort.ReadAhead; i++)
        {
            _text[length + i] = _text[i % length];
        }

        fixed (byte* text = _text)
        fixed (int* order = _order)
        fixed (int* turns = _turns)
        fixed (int* falling = _falling)
        fixed (int* rising = _rising)
        fixed (int* turning = _turning)
        fixed (byte* output = last)
        {
            var pass = new Pass(text, order, length, start == 0 ? 0 : length - start, falling, rising, turning, output);
            var count = pass.Count(turns);
            _sort.Sort(text, turns + length - count, count, length);
            fixed (int* sorted = _sort.Sorted)
            {
                pass.Place(turns + length - count, sorted, count);
            }

            pass.InduceRising();
            pass.InduceFalling();
            return pass.Own;
        }
    }

    /// <summary>A place before which a greater letter is; -1 if all are the same.</summary>
    private static int Descent(ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < block.Length; i++)
        {
            if (block[i == 0 ? block.Length - 1 : i - 1] > block[i])
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>
    /// One transformation. A place falls if the next letter that is another one is smaller, else it rises; it turns if it rises and the next
    /// place falls. Among rotations with the same first two letters, those that turn are before those that only rise.
    /// </summary>
    private ref struct Pass
    {
        private readonly byte* _text;
        private readonly int* _order;
        private readonly int _length;
        private readonly int _first;
        private readonly int* _falling;
        private readonly int* _rising;
        private readonly int* _turning;
        private readonly byte* _output;

        public Pass(byte* text, int* order, int length, int first, int* falling, int* rising, int* turning, byte* output)
        {
            _text = text;
            _order = order;
            _length = length;
            _first = first;
            _falling = falling;
            _rising = rising;
            _turning = turning;
            _output = output;
        }

        /// <summary>Where the rotation is that begins where the block does.</summary>
        public int Own { get; private set; }

        /// <summary>Counts rotations by kind and first letters, and lists those that turn, in the order of the text, at the end of the room.</summary>
        public readonly int Count(int* turns)
        {
            new Span<int>(_falling, Letters + 1).Clear();
            new Span<int>(_rising, Pairs).Clear();
            new Span<int>(_turning, Pairs).Clear();
            var at = _length - 1;
            var to = _length;
            int letter = _text[at];
            while (at >= 0)
            {
                int next;
                do
                {
                    _falling[next = letter]++;
                }
                while (--at >= 0 && (letter = _text[at]) >= next);
                if (at >= 0)
                {
                    _turning[(letter << 8) | next]++;
                    turns[--to] = at;
                    for (--at, next = letter; at >= 0 && (letter = _text[at]) <= next; --at, next = letter)
                    {
                        _rising[(letter << 8) | next]++;
                    }
                }
            }

            // Of falling letters where they begin; of pairs how many turn up to them.
            for (int first = 0, place = 0, turned = 0; first < Letters; first++)
            {
                var next = place + _falling[first];
                _falling[first] = place + turned;
                place = next + _rising[(first << 8) | first];
                for (var second = first + 1; second < Letters; second++)
                {
                    turned += _turning[(first << 8) | second];
                    _turning[(first << 8) | second] = turned;
                    place += _rising[(first << 8) | second];
                }
            }

            _falling[Letters] = _length;
            return _length - to;
        }

        /// <summary>Puts what turns where it belongs among all rotations.</summary>
        public readonly void Place(int* turns, int* sorted, int count)
        {
            var next = count - 1;
            for (var first = Letters - 1; first >= 0; first--)
            {
                var end = _falling[first + 1] - 1;
                for (var second = Letters - 1; second > first; second--)
                {
                    var pair = (first << 8) | second;
                    var at = end - _rising[pair];
                    _rising[pair] = end; // where what only rises is put, from the end on
                    var before = second == first + 1 ? (first == 0 ? 0 : TurnedBefore(first)) : _turning[pair - 1];
                    for (; next >= before; next--, at--)
                    {
                        var place = turns[sorted[next]];
                        _order[at] = place > 0 && _text[place - 1] <= first ? place : ~place;
                    }

                    end = at;
                }

                var same = (first << 8) | first;
                _turning[same] = end - _rising[same] + 1; // where what rises begins
                _rising[same] = end;
            }
        }

        /// <summary>From the greatest to the smallest: before each rotation that rises comes one that rises, unless a fall ends there.</summary>
        public void InduceRising()
        {
            for (var first = Letters - 2; first >= 0; first--)
            {
                var low = _turning[(first << 8) | first];
                for (var at = _falling[first + 1] - 1; at >= low; at--)
                {
                    var place = _order[at];
                    if (place < 0)
                    {
                        Note(at, ~place);
                        _order[at] = ~place;
                        continue;
                    }

                    Note(at, place);
                    int before = _text[--place];
                    _order[at] = ~before;
                    var to = _rising[(before << 8) | first]--;
                    _order[to] = place > 0 && _text[place - 1] <= before ? place : ~place;
                }
            }
        }

        /// <summary>From the smallest to the greatest: before each rotation that nothing rises to comes one that falls.</summary>
        public void InduceFalling()
        {
            for (var at = 0; at < _length; at++)
            {
                var place = _order[at];
                if (place < 0)
                {
                    _output[at] = (byte)~place;
                    continue;
                }

                place = place == 0 ? _length - 1 : place - 1;
                int before = _text[place];
                _output[at] = (byte)before;
                var to = _falling[before]++;
                Note(to, place);
                int further = _text[place == 0 ? _length - 1 : place - 1];
                _order[to] = further < before ? ~further : place;
            }
        }

        private readonly int TurnedBefore(int first) => _turning[((first - 1) << 8) | (Letters - 1)];

        private void Note(int at, int place)
        {
            if (place == _first)
            {
                Own = at;
            }
        }
    }
}
