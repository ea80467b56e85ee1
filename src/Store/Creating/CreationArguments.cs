namespace CondaFuse.Store.Creating;

/// <summary>conda's arguments of a creation: none of them may choose the place, since that is where the environment is mounted.</summary>
public static class CreationArguments
{
    /// <summary>conda takes an option by any beginning that means no other one: <c>--pre</c>, <c>--nam</c>.</summary>
    private static readonly (string Option, int ShortestBeginning)[] LongOptions = [("--prefix", "--pr".Length), ("--name", "--na".Length)];

    /// <summary>Options of one letter without a value, behind which more letters may follow: <c>-yp DIR</c>.</summary>
    private const string Flags = "yqdvkChSO";

    /// <summary>The first option that names a place, as it was given; null if there is none.</summary>
    public static string? FindPlace(IEnumerable<string> arguments) =>
        arguments.TakeWhile(argument => argument != "--")
            .FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal) ? IsLong(argument.Split('=')[0]) : IsShort(argument));

    private static bool IsLong(string word) =>
        Array.Exists(LongOptions, known => word.Length >= known.ShortestBeginning && known.Option.StartsWith(word, StringComparison.Ordinal));

    private static bool IsShort(string argument) =>
        argument.StartsWith('-') && argument.AsSpan(1).TrimStart(Flags) is { Length: > 0 } rest && rest[0] is 'p' or 'n';
}
