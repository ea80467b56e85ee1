using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// Numbers on the command line: the only place that parses them, or refuses them with a message about the allowed values. (The parser's own message
/// names a .NET type.)
/// </summary>
internal static class Numbers
{
    /// <summary>Makes an option accept numbers.</summary>
    /// <param name="option">The option.</param>
    /// <param name="allowed">The allowed numbers, in words for the user: <c>a number from 1 on</c>.</param>
    /// <param name="isAllowed">Whether a number is allowed.</param>
    public static Option<T> Taking<T>(this Option<T> option, string allowed, Predicate<T> isAllowed)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Parse(result, option.Name, allowed, isAllowed);
        return option;
    }

    /// <inheritdoc cref="Taking{T}(Option{T}, string, Predicate{T})"/>
    public static Option<T?> Taking<T>(this Option<T?> option, string allowed, Predicate<T> isAllowed)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Parse(result, option.Name, allowed, isAllowed);
        return option;
    }

    /// <summary>Makes a positional argument accept the number of a generation.</summary>
    public static Argument<long> TakingGeneration(this Argument<long> argument)
    {
        argument.CustomParser = result => Parse<long>(result, argument.Name.ToUpperInvariant(), AnyGeneration, IsGeneration);
        return argument;
    }

    /// <inheritdoc cref="TakingGeneration(Argument{long})"/>
    public static Argument<long?> TakingGeneration(this Argument<long?> argument)
    {
        argument.CustomParser = result => Parse<long>(result, argument.Name.ToUpperInvariant(), AnyGeneration, IsGeneration);
        return argument;
    }

    /// <summary>Makes an option accept the number of a generation.</summary>
    public static Option<long?> TakingGeneration(this Option<long?> option) => option.Taking<long>(AnyGeneration, IsGeneration);

    /// <summary>
    /// Whether an option's words are a valid value. Validators check this before they read the value; if it is invalid, the parser reports that
    /// itself.
    /// </summary>
    public static bool IsReadable<T>(this SymbolResult result, Option<T> option)
    {
        try
        {
            _ = result.GetValue(option);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private const string AnyGeneration = "the number of a generation, as 'condafuse log' shows it";

    /// <summary>0 is another tool's image.</summary>
    private static bool IsGeneration(long number) => number >= 0;

    private static T Parse<T>(ArgumentResult result, string name, string allowed, Predicate<T> isAllowed)
        where T : struct, INumber<T>
    {
        var word = result.Tokens.Count > 0 ? result.Tokens[^1].Value : string.Empty;
        if (T.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && isAllowed(number))
        {
            return number;
        }

        result.AddError($"{name} takes {allowed}, not '{word}'");
        return default;
    }
}
