using System.CommandLine;

namespace CondaFuse.Helper.Tests;

/// <summary>Invalid numbers for all commands with numeric arguments. New numeric arguments must be added here.</summary>
public class NumbersTests
{
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };

    public static TheoryData<string, string> Options
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var command in Root().Subcommands.Where(command => !command.Hidden))
            {
                foreach (
                    var name in command.Options.Where(option => IsNumber(option.ValueType)).SelectMany(option => option.Aliases.Prepend(option.Name)))
                {
                    all.Add(command.Name, name);
                }
            }

            return all;
        }
    }

    public static TheoryData<string, string> Arguments
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var command in Root().Subcommands.Where(command => !command.Hidden))
            {
                foreach (var argument in command.Arguments.Where(argument => IsNumber(argument.ValueType)))
                {
                    all.Add(command.Name, argument.Name);
                }
            }

            return all;
        }
    }

    [Fact]
    public void There_are_numbers_to_test()
    {
        Assert.Contains(Options, row => (string)row[0] == "commit" && (string)row[1] == "-j");
        Assert.Contains(Arguments, row => (string)row[0] == "rollback");
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void An_option_refuses_an_invalid_number_in_one_sentence(string command, string option)
    {
        foreach (var word in new[] { "abc", "1x", "99999999999999999999999999", "NaN", "-7", "" })
        {
            var longName = Root()
                .Subcommands.Single(known => known.Name == command)
                .Options.Single(known => known.Name == option || known.Aliases.Contains(option))
                .Name;
            AssertRefused([command, .. Subjects(command), option, word], longName, word);
        }
    }

    [Theory]
    [MemberData(nameof(Arguments))]
    public void A_positional_number_refuses_the_same(string command, string argument)
    {
        var before = Root().Subcommands.Single(known => known.Name == command).Arguments.TakeWhile(known => known.Name != argument)
            .Select(known => IsNumber(known.ValueType) ? "1" : "subject");
        AssertRefused([command, .. before, "abc"], argument.ToUpperInvariant(), "abc");
    }

    [Theory]
    [InlineData("pack", "-o", "x.squashfs", "--compressor", "foo")]
    [InlineData("pack", "-o", "x.squashfs", "--compressor", "zstd:99")]
    [InlineData("pack", "-o", "x.squashfs", "--compressor", "zstd:abc")]
    public void An_unknown_compressor_is_refused_in_one_sentence(params string[] words) =>
        AssertRefused(words, "--compressor", words[^1].Split(':')[^1]);

    [Theory]
    [InlineData("-j", "1.5", "commit", "x")]
    [InlineData("-j", "0", "commit", "x")]
    [InlineData("--compress-level", "11", "pack", "-o", "x.tar.gz")]
    public void A_number_that_is_not_allowed_is_named(string option, string word, params string[] command)
    {
        var error = Assert.Single(Parse([.. command, option, word]).Errors);
        Assert.Contains($"'{word}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("commit", "x", "-j", "4")]
    [InlineData("commit", "x", "-j", "-1")]
    [InlineData("unmount", "x", "--wait", "0.5")]
    [InlineData("mount", "x", "--generation", "0")]
    [InlineData("rollback", "x", "3")]
    [InlineData("diff", "x")]
    [InlineData("diff", "x", "1", "2")]
    [InlineData("compact", "x", "--keep", "3")]
    [InlineData("pack", "-o", "x.tar.zst", "--compress-level", "19", "--n-threads", "256")]
    [InlineData("pack", "d", "-o", "x.squashfs", "--compressor", "xz", "--block-size", "131072")]
    public void A_valid_number_is_accepted(params string[] words) => Assert.Empty(Parse(words).Errors);

    [Theory]
    [InlineData("commit", "x")]
    [InlineData("commit", "x", "--to", "y")]
    [InlineData("rollback", "x", "1")]
    public void A_message_too_long_for_the_archive_is_refused(params string[] command)
    {
        Assert.Empty(Parse([.. command, "-m", new string('ä', 65536 / 2)]).Errors);
        var error = Assert.Single(Parse([.. command, "-m", new string('ä', (65536 / 2) + 1)]).Errors);
        Assert.Equal("--message takes a text of up to 65536 bytes; this one has 65538", error.Message);
        Assert.Contains("'-m'", Assert.Single(Parse([.. command, "-m"]).Errors).Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string[] words, string name, string word)
    {
        var error = Assert.Single(Parse(words).Errors).Message;
        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.Contains($"'{word}'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
    }

    private static string[] Subjects(string command) => command switch
    {
        "extract" => ["subject", "directory"],
        "convert" => ["subject", "--to", "zip"],
        "pack" => ["-o", "x.squashfs"],
        _ => ["subject"],
    };

    private static bool IsNumber(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) is >= TypeCode.SByte and <= TypeCode.Decimal;

    private static ParseResult Parse(string[] words) => Root().Parse(words, Configuration);

    private static Command Root() => AllCommands.Root();
}
