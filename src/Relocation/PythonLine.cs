using System.Buffers;

namespace CondaFuse.Relocation;

/// <summary>
/// The first lines of a Python script that conda or pip wrote: the interpreter's path, or where no kernel takes that, a line that a shell executes
/// and Python skips, as conda writes it (<c>generate_shebang_for_entry_point</c>). Which of them depends on the prefix.
/// </summary>
internal static class PythonLine
{
    /// <summary>Longest first line of a script that conda relies on the kernel to support; of one that it generates, with the newline.</summary>
    public const int Longest = 127;

    /// <summary>Bytes that end a path, or mean something to a shell in double quotes.</summary>
    private static readonly SearchValues<byte> _special = SearchValues.Create(" \t\n\r\"\\$`"u8);

    private static readonly byte[] _start = "/bin/sh\n'''exec' \""u8.ToArray(), _end = "\" \"$0\" \"$@\" #'''"u8.ToArray();

    /// <summary>Marks the first position in a script as one that decides about the first lines.</summary>
    /// <param name="data">The script.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="spots">The positions in it, in order.</param>
    /// <returns>The same positions, if it is not such a script.</returns>
    public static PrefixSpots Find(ReadOnlySpan<byte> data, PrefixText prefix, PrefixSpots spots)
    {
        if (spots.Spots is not [{ Form: PrefixForm.Plain or PrefixForm.ShellQuoted } first, ..] || !data.StartsWith("#!"u8))
        {
            return spots;
        }

        var isExec = data[2..].StartsWith(_start);
        var path = isExec ? 2 + _start.Length : 2;
        var length = data[path..].IndexOf(isExec ? (byte)'"' : (byte)'\n');
        if (first.Offset != path || length < prefix.Plain.Length || (isExec && !data[(path + length)..].StartsWith([.. _end, (byte)'\n'])))
        {
            return spots;
        }

        var tail = data.Slice(path, length)[prefix.Plain.Length..];
        var name = tail.LastIndexOf((byte)'/') + 1;
        return name > 0 && tail[0] == (byte)'/' && tail[name..].StartsWith("python"u8) && !tail.ContainsAny(_special)
            ? new PrefixSpots
            {
                Spots = [new PrefixSpot(path, isExec ? PrefixForm.PythonExec : PrefixForm.PythonLine), .. spots.Spots.Skip(1)],
                ShebangProgram = path + prefix.Plain.Length + name,
                ShebangEnd = path + length,
            }
            : spots;
    }

    /// <summary>Adds the edits of the first lines.</summary>
    /// <param name="edits">Receives them.</param>
    /// <param name="spots">The positions in the script, of which the first decides.</param>
    /// <param name="old">The prefix.</param>
    /// <param name="replacement">The other prefix.</param>
    /// <returns>The edit after the path, which follows any others in the line; null if nothing changes there.</returns>
    public static ContentEdit? Add(List<ContentEdit> edits, PrefixSpots spots, PrefixText old, PrefixText replacement)
    {
        var (at, isExec) = (spots.Spots[0].Offset, spots.Spots[0].Form == PrefixForm.PythonExec);
        var rest = (long)spots.ShebangEnd - at - old.Plain.Length;
        var mayBeLine = 2 + replacement.Plain.Length + rest < Longest && !replacement.Plain.Contains((byte)' ');
        if (mayBeLine)
        {
            var from = isExec ? at - _start.Length : at;
            edits.Add(new ContentEdit(from, at - from + old.Plain.Length, replacement.Plain.ToArray()));
            return isExec ? new ContentEdit(spots.ShebangEnd, _end.Length, default) : null;
        }

        var quoted = replacement.Find(PrefixForm.ShellQuoted)!;
        edits.Add(new ContentEdit(at, old.Plain.Length, isExec ? quoted : [.. _start, .. quoted]));
        return isExec ? null : new ContentEdit(spots.ShebangEnd, 0, _end);
    }
}
