using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>The environment that a command works on.</summary>
    public static Argument<string> Subject() => new("name") { Description = "Name of an environment, or path of an image" };

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };

    /// <summary><c>--json</c> of a command whose output is for a shell, a file or another program: only a failure is JSON.</summary>
    public static Option<bool> JsonFailure() => new("--json") { Description = "Print a failure as JSON" };

    /// <summary><c>--yes</c>.</summary>
    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Limits an option to some values.</summary>
    public static Option<T> OneOf<T>(this Option<T> option, params string[] words)
    {
        option.Validators.Add(result => Check(result.Tokens.Select(token => token.Value), option.Name, words, result.AddError));
        return option;
    }

    /// <summary>Limits an argument to some values.</summary>
    public static Argument<T> OneOf<T>(this Argument<T> argument, params string[] words)
    {
        argument.Validators.Add(
            result => Check(result.Tokens.Select(token => token.Value), argument.Name.ToUpperInvariant(), words, result.AddError));
        return argument;
    }

    private static void Check(IEnumerable<string> given, string name, string[] words, Action<string> refuse)
    {
        foreach (var word in given.Except(words, StringComparer.Ordinal))
        {
            refuse($"{name} takes {string.Join(", ", words.SkipLast(1))} or {words[^1]}, not '{word}'");
        }
    }
}
