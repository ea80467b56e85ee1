namespace CondaFuse.Relocation;

/// <summary>Finds a prefix in the content of files.</summary>
public static class PrefixFinder
{
    /// <summary>A file with more positions is left unmodified.</summary>
    public const int MaxSpots = 1 << 20;

    /// <summary>All encodings that conda replaces, in its order (<c>POPULAR_ENCODINGS</c>).</summary>
    private static readonly PrefixForm[] _condaForms =
        [PrefixForm.Plain, PrefixForm.Utf16Little, PrefixForm.Utf16Big, PrefixForm.Utf32Little, PrefixForm.Utf32Big];

    private static readonly PrefixForm[] _plain = [PrefixForm.Plain];
    private static readonly PrefixForm[] _url = [PrefixForm.FileUrl, PrefixForm.Plain];
    private static readonly PrefixForm[] _json = [PrefixForm.FileUrl, PrefixForm.JsonAscii, PrefixForm.Json];

    /// <summary>Finds a prefix in a text recorded by conda: everywhere, in every encoding that conda replaces.</summary>
    /// <returns>Null if it is not found, or too often.</returns>
    public static PrefixSpots? InText(ReadOnlySpan<byte> data, PrefixText prefix) => InText(data, prefix, _condaForms, wholeNames: false);

    /// <summary>
    /// Finds a prefix in a text without a record: as a whole path or the beginning of one, in file URLs and JSON strings too. A Python script gets
    /// the first line that conda would give it.
    /// </summary>
    /// <param name="data">The content.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="isJson">Whether the text is JSON.</param>
    /// <returns>Null if it is not found, or too often.</returns>
    public static PrefixSpots? InOwnText(ReadOnlySpan<byte> data, PrefixText prefix, bool isJson) =>
        InText(data, prefix, isJson ? _json : data.IndexOf("file://"u8) >= 0 ? _url : _plain, wholeNames: true) is { } found
            ? PythonLine.Find(data, prefix, found)
            : null;

    /// <summary>Finds a prefix in the C strings of a binary.</summary>
    /// <param name="data">The content.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="room">Length of the placeholder that the prefix replaced, in bytes; 0 if unknown.</param>
    /// <returns>Null if it is not found, or too often.</returns>
    public static PrefixSpots? InBinary(ReadOnlySpan<byte> data, PrefixText prefix, PrefixText? room)
    {
        var found = new List<(PrefixString String, List<PrefixSpot> Spots)>();
        var taken = new TakenRanges();
        foreach (var form in _condaForms)
        {
            if (!prefix.TryGet(form, out var text))
            {
                continue;
            }

            var width = PrefixText.WidthOf(form);
            var spare = room is not null && room.TryGet(form, out var longest) ? longest.Length - text.Length : 0;
            for (var at = 0; NextString(data, at, text, width) is { Length: > 0 } next; at = next.Start + next.Length)
            {
                var end = next.Start + next.Length;
                if (!taken.Overlaps(next.Start, end))
                {
                    var spots = new List<PrefixSpot>();
                    AddSpots(data[next.Start..end], next.Start, text, form, spots);
                    found.Add((new PrefixString(spots.Count, end, RoomBehind(data[end..], spots.Count * spare, width)), spots));
                }

                if (found.Count > MaxSpots)
                {
                    return null;
                }
            }

            taken.Add(found.Select(text => (text.Spots[0].Offset, text.String.End + text.String.Room)));
        }

        found.Sort((left, right) => left.Spots[0].Offset.CompareTo(right.Spots[0].Offset));
        var count = found.Sum(text => text.Spots.Count);
        return count is 0 or > MaxSpots ? null : new PrefixSpots
        {
            Spots = [.. found.SelectMany(text => text.Spots)], Strings = [.. found.Select(text => text.String)],
        };
    }

    private static PrefixSpots? InText(ReadOnlySpan<byte> data, PrefixText prefix, PrefixForm[] forms, bool wholeNames)
    {
        var spots = new List<PrefixSpot>();
        var taken = new TakenRanges();
        foreach (var form in forms)
        {
            if (!prefix.TryGet(form, out var text))
            {
                continue;
            }

            var matches = new List<PrefixSpot>();
            AddSpots(data, 0, text, form, matches);
            foreach (var match in matches)
            {
                if (!taken.Overlaps(match.Offset, match.Offset + text.Length)
                    && (!wholeNames || PathBoundary.IsWhole(data, match.Offset, text.Length, form)))
                {
                    spots.Add(match);
                }
            }

            taken.Add(spots.Select(spot => (spot.Offset, spot.Offset + prefix.Find(spot.Form)!.Length)));
        }

        if (spots.Count is 0 or > MaxSpots)
        {
            return null;
        }

        spots.Sort((left, right) => left.Offset.CompareTo(right.Offset));
        QuoteExec(data, prefix, spots);
        var (program, end) = Shebang(data, prefix.Plain);
        return new PrefixSpots { Spots = spots, ShebangProgram = program, ShebangEnd = end };
    }

    /// <summary>
    /// pip and distlib write a script for a path that no kernel takes as <c>#!/bin/sh</c> and a line that a shell executes and Python skips: a path
    /// that the shell splits must be quoted there.
    /// </summary>
    private static void QuoteExec(ReadOnlySpan<byte> data, PrefixText prefix, List<PrefixSpot> spots)
    {
        var start = "#!/bin/sh\n'''exec' "u8;
        if (!data.StartsWith(start) || data.Length == start.Length)
        {
            return;
        }

        var (at, form) = data[start.Length] == (byte)'"' ? (start.Length + 1, PrefixForm.ShellQuoted) : (start.Length, PrefixForm.ShellWord);
        if (spots.Count > 0 && spots[0] == new PrefixSpot(at, PrefixForm.Plain)
            && prefix.TryGet(form, out var written) && written.SequenceEqual(prefix.Plain))
        {
            spots[0] = new PrefixSpot(at, form);
        }
    }

    private static void AddSpots(ReadOnlySpan<byte> data, int start, ReadOnlySpan<byte> text, PrefixForm form, List<PrefixSpot> spots)
    {
        for (int at = 0, found; spots.Count <= MaxSpots && (found = data[at..].IndexOf(text)) >= 0; at += found + text.Length)
        {
            spots.Add(new PrefixSpot(start + at + found, form));
        }
    }

    /// <summary>The position of a script's interpreter, and the end of the first line; zeros if the interpreter is not below the prefix.</summary>
    private static (int Program, int End) Shebang(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix)
    {
        if (!data.StartsWith("#!"u8))
        {
            return default;
        }

        var path = 2 + data[2..].IndexOfAnyExcept((byte)' ');
        if (path < 2 || !data[path..].StartsWith(prefix) || path + prefix.Length >= data.Length || data[path + prefix.Length] != (byte)'/')
        {
            return default;
        }

        // Search only after the prefix, because the prefix may contain spaces.
        var tail = data[(path + prefix.Length)..];
        tail = tail[..(tail.IndexOfAny(" \n\r\t"u8) is var stop and >= 0 ? stop : tail.Length)];
        var name = tail.LastIndexOf((byte)'/') + 1;
        var line = data.IndexOf((byte)'\n');
        return name == tail.Length ? default : (path + prefix.Length + name, line < 0 ? data.Length : line);
    }

    /// <summary>
    /// The next string that contains a prefix, from the prefix to the start of its NUL. As in conda, the NUL may be a byte of its last character.
    /// </summary>
    private static (int Start, int Length) NextString(ReadOnlySpan<byte> data, int from, ReadOnlySpan<byte> text, int width)
    {
        var start = data[from..].IndexOf(text);
        if (start < 0)
        {
            return default;
        }

        start += from;
        var rest = data[(start + text.Length)..].IndexOf("\0\0\0\0"u8[..width]);
        return rest < 0 ? default : (start, text.Length + rest);
    }

    /// <summary>The number of NULs that conda put after a string: as many as wanted if a terminating one follows them, otherwise none.</summary>
    private static int RoomBehind(ReadOnlySpan<byte> data, int wanted, int width) =>
        wanted > 0 && wanted <= data.Length - width && !data[..(wanted + width)].ContainsAnyExcept((byte)0) ? wanted : 0;

    /// <summary>Ranges of a file that are already matched by earlier forms: one form may look like another that is shifted by a byte.</summary>
    private sealed class TakenRanges
    {
        private List<(int Start, int End)> _ranges = [];

        /// <summary>Replaces the ranges, which must not overlap.</summary>
        public void Add(IEnumerable<(int Start, int End)> ranges) => _ranges = [.. ranges.Order()];

        public bool Overlaps(int start, int end)
        {
            var index = _ranges.BinarySearch((start, int.MaxValue));
            index = index < 0 ? ~index : index;
            return (index > 0 && _ranges[index - 1].End > start) || (index < _ranges.Count && _ranges[index].Start < end);
        }
    }
}
