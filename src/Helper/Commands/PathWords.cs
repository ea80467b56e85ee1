using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary>Paths on the command line.</summary>
internal static class PathWords
{
    /// <summary>Has an option refuse the empty word (an unset variable of a script), which is no path.</summary>
    public static T NotEmpty<T>(this T option)
        where T : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError($"{option.Name} takes a path, not ''");
            }
        });
        return option;
    }

    /// <summary>The same of a positional path.</summary>
    public static T NotEmptyPath<T>(this T argument)
        where T : Argument
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError($"{argument.Name.ToUpperInvariant()} is a path, and cannot be ''");
            }
        });
        return argument;
    }
}
