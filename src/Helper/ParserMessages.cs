using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CondaFuse.Helper.Help;
using CondaFuse.Store;

namespace CondaFuse.Helper;

/// <summary>What is wrong with a command line, in our own words: the parser's messages name its types and parts.</summary>
internal static class ParserMessages
{
    /// <summary>One sentence for each mistake; empty if there is none.</summary>
    /// <param name="parsed">The parser's result.</param>
    /// <param name="command">The command that was parsed.</param>
    /// <param name="own">The words, starting with the command's name.</param>
    public static IReadOnlyList<string> Of(ParseResult parsed, Command command, IReadOnlyList<string> own)
    {
        var unknown = UnknownOptions(parsed, own).ToList();
        return unknown.Count > 0
            ? [.. unknown.Select(word => NoSuchOption(command, word))]
            : [.. parsed.Errors.Select(error => Plain(error, parsed, command)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Words before <c>--</c> that look like options but that the parser took for arguments.</summary>
    private static IEnumerable<string> UnknownOptions(ParseResult parsed, IReadOnlyList<string> own)
    {
        var before = own.TakeWhile(word => word != "--").Where(word => word.StartsWith('-')).ToHashSet(StringComparer.Ordinal);
        return before.Count == 0 ? [] : parsed.CommandResult.Tokens
            .Concat(parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens))
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .Where(word => word.Length > 1 && before.Contains(word) && !IsNumber(word))
            .Distinct(StringComparer.Ordinal);
    }

    private static bool IsNumber(string word) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string NoSuchOption(Command command, string word)
    {
        var name = word.Split('=')[0];
        var meant = NearestWord.Find(name, command.Options.Where(option => !option.Hidden).Select(option => option.Name));
        return $"{command.Name} has no option '{name}'{(meant is null ? string.Empty : $"; did you mean '{meant}'?")}";
    }

    private static string Plain(ParseError error, ParseResult parsed, Command command)
    {
        var message = error.Message;
        if (message.StartsWith("Required argument missing for option", StringComparison.Ordinal))
        {
            return $"{Quoted(message)} needs a value";
        }

        if (message.StartsWith("Required argument", StringComparison.Ordinal))
        {
            var missing = command.Arguments.Where(argument =>
                argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is not { Tokens.Count: > 0 });
            return $"{command.Name} needs {string.Join(" and ", missing.Select(Described))}";
        }

        if (message.StartsWith("Unrecognized command or argument", StringComparison.Ordinal))
        {
            var takesMessage = command.Options.Any(option => option.Name == "--message");
            return $"{command.Name} takes no argument '{Quoted(message)}' here{(takesMessage ? "; a message follows -m" : string.Empty)}";
        }

        if (message.StartsWith("Option '", StringComparison.Ordinal) && message.EndsWith("is required.", StringComparison.Ordinal))
        {
            var option = command.Options.FirstOrDefault(option => option.Name == Quoted(message));
            return $"{command.Name} needs {(option is null ? Quoted(message) : CommandUsage.Word(option))}";
        }

        return message.Contains("expects a single argument", StringComparison.Ordinal) ? $"{Quoted(message)} takes one value" : message;
    }

    /// <summary>An argument's word, with its values if it takes only some.</summary>
    private static string Described(Argument argument) =>
        argument.Description is [var first, ..] && char.IsLower(first)
            ? $"{CommandUsage.Word(argument)}: {argument.Description}"
            : CommandUsage.Word(argument);

    /// <summary>The text between the first two quotes.</summary>
    private static string Quoted(string message) => message.Split('\'') is [_, .. var middle, _] ? string.Join('\'', middle) : message;
}
