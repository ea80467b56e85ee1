using System.CommandLine.Parsing;
using System.Globalization;
using CondaFuse.Compression;

namespace CondaFuse.Helper.Commands;

/// <summary>A codec and its level, in the form of <c>--compressor</c>.</summary>
/// <param name="Codec">The codec.</param>
/// <param name="Level">Its level; null for its default.</param>
internal sealed record CompressorChoice(ICodec Codec, int? Level)
{
    public static CompressorChoice Default { get; } = new(Codecs.Zstd, null);

    /// <summary>The allowed values: each codec's name, with its range of levels.</summary>
    public static string Names => string.Join(", ", Codecs.All.Select(Describe));

    public static CompressorChoice? Parse(ArgumentResult result)
    {
        var words = result.Tokens[0].Value.Split(':', 2);
        if (Codecs.Find(words[0]) is not { } codec)
        {
            result.AddError($"--compressor takes {Names}, not '{words[0]}'");
            return null;
        }

        if (words.Length == 1)
        {
            return new CompressorChoice(codec, null);
        }

        if (int.TryParse(words[1], CultureInfo.InvariantCulture, out var level) && codec.Levels.Contains(level))
        {
            return new CompressorChoice(codec, level);
        }

        result.AddError($"--compressor: {Describe(codec)} has no level '{words[1]}'");
        return null;
    }

    /// <summary>The allowed names for <c>--compressor-option</c>: <c>level</c>, and the codecs' own options.</summary>
    public static string OptionNames =>
        string.Join(
            "; ", Codecs.All.SelectMany(codec => codec.Options.Select(option => $"{codec.Name}: {option.Name} ({option.Values})")).Prepend("level"));

    /// <summary>The choice with options, <c>NAME=VALUE</c> each.</summary>
    /// <exception cref="ArgumentException">The codec does not support an option; the message is for the user.</exception>
    public CompressorChoice With(IEnumerable<string> options) => options.Aggregate(this, (choice, option) => choice.With(option));

    private CompressorChoice With(string option)
    {
        var (name, value) = option.Split('=', 2) is [var left, var right]
            ? (left, right)
            : throw new ArgumentException($"'{option}' is not NAME=VALUE", nameof(option));
        if (name != "level")
        {
            return this with { Codec = Codec.With(name, value) };
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var level) && Codec.Levels.Contains(level)
            ? this with { Level = level }
            : throw new ArgumentException($"{Describe(Codec)} has no level '{value}'", nameof(option));
    }

    /// <summary>In the form that the option accepts.</summary>
    public override string ToString() => Level is { } level ? $"{Codec.Name}:{level}" : Codec.Name;

    private static string Describe(ICodec codec) =>
        codec.Levels.Highest > codec.Levels.Lowest ? $"{codec.Name} ({codec.Levels.Lowest}-{codec.Levels.Highest})" : codec.Name;
}
