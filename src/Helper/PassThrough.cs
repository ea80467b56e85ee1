namespace CondaFuse.Helper;

/// <summary>
/// The command line, cut in two: what is ours to parse, and what <c>create</c> and <c>run</c> hand on untouched, even
/// where it looks like an option of ours.
/// </summary>
/// <param name="Own">Up to and with the environment's name.</param>
/// <param name="Rest">Everything after it.</param>
internal sealed record PassThrough(IReadOnlyList<string> Own, IReadOnlyList<string> Rest)
{
    /// <summary>The option that takes the word behind it.</summary>
    private const string WithValue = "--format";

    private static readonly string[] Commands = ["create", "run"];

    public static PassThrough Split(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || !Commands.Contains(arguments[0]))
        {
            return new PassThrough(arguments, []);
        }

        // Of the options of these commands, one takes a value: the first word that is neither is the name.
        var end = 1;
        while (end < arguments.Count && arguments[end].StartsWith('-'))
        {
            end += arguments[end] == WithValue ? 2 : 1;
        }

        end = Math.Min(end + 1, arguments.Count);
        return new PassThrough([.. arguments.Take(end)], [.. arguments.Skip(end)]);
    }
}
