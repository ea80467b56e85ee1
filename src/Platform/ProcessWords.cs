namespace CondaFuse.Platform;

/// <summary>What the system handed to this process when it was started, byte for byte (<see cref="NativeText"/>).</summary>
public static class ProcessWords
{
    /// <summary>The command line without the program's name; null if it cannot be read.</summary>
    public static string[]? Arguments() => Read("/proc/self/cmdline") is { Count: > 0 } words ? [.. words.Skip(1)] : null;

    /// <summary>The variables, <c>NAME=value</c> each; null if they cannot be read.</summary>
    public static IReadOnlyList<string>? Environment() => Read("/proc/self/environ");

    private static List<string>? Read(string file)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        var words = new List<string>();
        for (var start = 0; start < bytes.Length;)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)0);
            length = length < 0 ? bytes.Length - start : length;
            words.Add(NativeText.Decode(bytes.AsSpan(start, length)));
            start += length + 1;
        }

        return words;
    }
}
