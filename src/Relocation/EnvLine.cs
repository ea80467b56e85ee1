namespace CondaFuse.Relocation;

/// <summary>
/// The first line of a package's script at a prefix that no first line can hold: it finds its program through <c>/usr/bin/env</c>, as conda writes
/// it. The file says nothing of the former line, but conda recorded a checksum of the package's file, which proves it.
/// </summary>
public static class EnvLine
{
    private static readonly byte[] _env = "/usr/bin/env "u8.ToArray(), _programs = "/bin/"u8.ToArray();

    /// <summary>A script with the first line that it would have if the prefix were shorter; null if its first line has another form.</summary>
    public static byte[]? Restore(ReadOnlySpan<byte> data, PrefixText prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return data.StartsWith("#!"u8) && data[2..].StartsWith(_env)
            ? [.. "#!"u8, .. prefix.Plain, .. _programs, .. data[(2 + _env.Length)..]]
            : null;
    }

    /// <summary>Adds the first line of a script that <see cref="Restore"/> restored to its positions.</summary>
    /// <param name="data">The script.</param>
    /// <param name="spots">The positions in it; null if there are none.</param>
    public static PrefixSpots Add(ReadOnlySpan<byte> data, PrefixSpots? spots) => new()
    {
        Spots = [new PrefixSpot(2, PrefixForm.EnvLine), .. spots?.Spots ?? []],
        ShebangProgram = 2 + _env.Length,
        ShebangEnd = data.IndexOf((byte)'\n') is var end and >= 0 ? end : data.Length,
    };

    /// <summary>The edit of the first line; null if it must stay at this prefix, too.</summary>
    internal static ContentEdit? Edit(PrefixSpots spots, PrefixText replacement)
    {
        byte[] program = [.. replacement.Plain, .. _programs];
        return 2 + program.Length + (long)spots.ShebangEnd - spots.ShebangProgram <= PythonLine.Longest && !program.Contains((byte)' ')
            ? new ContentEdit(2, _env.Length, program)
            : null;
    }
}
