using System.Text;

namespace CondaFuse.Relocation.Tests;

public class PrefixFinderTests
{
    private const string Old = "/old/env";

    [Theory]
    [InlineData("a=/old/env/lib b=/old/env", "/n", "a=/n/lib b=/n")]
    [InlineData("#!/old/env/bin/python -E\nimport x\n", "/new/place", "#!/new/place/bin/python -E\nimport x\n")]
    [InlineData("#!/old/env/bin/python -E\nx='/old/env'\n", "/new place", "#!/usr/bin/env python -E\nx='/new place'\n")]
    [InlineData("#! /old/env/bin/python\n", "/new place", "#!/usr/bin/env python\n")]
    [InlineData("#!/bin/sh\n/old/env/bin/x\n", "/new place", "#!/bin/sh\n/new place/bin/x\n")]
    [InlineData("#!/bin/sh\n'''exec' /old/env/bin/x \"$0\"\n' '''", "/new", "#!/bin/sh\n'''exec' /new/bin/x \"$0\"\n' '''")]
    [InlineData("#!/bin/sh\n'''exec' /old/env/bin/x\n/old/env", "/new place", "#!/bin/sh\n'''exec' \"/new place\"/bin/x\n/new place")]
    [InlineData("#!/bin/sh\n'''exec' \"/old/env/bin/x\"\n", "/new place", "#!/bin/sh\n'''exec' \"/new place/bin/x\"\n")]
    [InlineData("#!/bin/sh\n'''exec' \"/old/env\"/bin/x\n", "/a `$\"", "#!/bin/sh\n'''exec' \"/a \\`\\$\\\"\"/bin/x\n")]
    public void Text_is_what_conda_would_write(string before, string prefix, string after) =>
        Assert.Equal(after, Replaced(before, prefix, PrefixFinder.InText(Bytes(before), PrefixText.Of(Old))));

    [Fact]
    public void A_first_line_that_the_kernel_does_not_support_uses_env()
    {
        var prefix = "/" + new string('n', 126 - "#!/bin/python".Length);
        const string script = "#!/old/env/bin/python\n";
        Assert.Equal($"#!{prefix}/bin/python\n", Replaced(script, prefix, PrefixFinder.InText(Bytes(script), PrefixText.Of(Old))));
        Assert.Equal("#!/usr/bin/env python\n", Replaced(script, $"{prefix}nn", PrefixFinder.InText(Bytes(script), PrefixText.Of(Old))));
    }

    [Theory]
    [InlineData("/old/env2/lib /old/env/lib", false, "/n", "/old/env2/lib /n/lib")]
    [InlineData("/old/env", false, "/n", "/n")]
    [InlineData("""{"u": "file:///old/env/a%20b", "d": "/old/env"}""", true, "/n \"x", """{"u": "file:///n%20%22x/a%20b", "d": "/n \"x"}""")]
    [InlineData("file:///old/env/x /old/env/x", false, "/n é", "file:///n%20%C3%A9/x /n é/x")]
    public void Whole_names_in_text_without_a_record_are_replaced_in_their_encoding(string before, bool json, string prefix, string after) =>
        Assert.Equal(after, Replaced(before, prefix, PrefixFinder.InOwnText(Bytes(before), PrefixText.Of(Old), json)));

    [Theory]
    [InlineData("#!/old/env/bin/python3.11\nimport x\n", "/n", "#!/n/bin/python3.11\nimport x\n")]
    [InlineData(
        "#!/old/env/bin/python3.11\nimport x # /old/env\n", "/n $x",
        "#!/bin/sh\n'''exec' \"/n \\$x/bin/python3.11\" \"$0\" \"$@\" #'''\nimport x # /n $x\n")]
    [InlineData("#!/bin/sh\n'''exec' \"/old/env/bin/python\" \"$0\" \"$@\" #'''\n/old/env\n", "/n", "#!/n/bin/python\n/n\n")]
    [InlineData(
        "#!/bin/sh\n'''exec' \"/old/env/bin/python\" \"$0\" \"$@\" #'''\n", "/n m",
        "#!/bin/sh\n'''exec' \"/n m/bin/python\" \"$0\" \"$@\" #'''\n")]
    [InlineData("#!/old/env/bin/python -E\n", "/n m", "#!/usr/bin/env python -E\n")]
    [InlineData("#!/old/env/bin/perl\n", "/n m", "#!/usr/bin/env perl\n")]
    [InlineData("#!/old/env/bin/python", "/n m", "#!/usr/bin/env python")]
    [InlineData(
        "#!/bin/sh\n'''exec' \"/old/env/bin/python\" -E \"$0\" \"$@\" #'''\n", "/n",
        "#!/bin/sh\n'''exec' \"/n/bin/python\" -E \"$0\" \"$@\" #'''\n")]
    public void A_script_of_python_gets_the_first_line_that_conda_would_write(string before, string prefix, string after) =>
        Assert.Equal(after, Replaced(before, prefix, PrefixFinder.InOwnText(Bytes(before), PrefixText.Of(Old), isJson: false)));

    [Fact]
    public void A_first_line_of_python_may_be_as_long_as_conda_allows_and_comes_back()
    {
        const string script = "#!/old/env/bin/python\n";
        var prefix = "/" + new string('n', 126 - "#!/bin/python".Length - 1);
        var spots = PrefixFinder.InOwnText(Bytes(script), PrefixText.Of(Old), isJson: false);
        Assert.Equal($"#!{prefix}/bin/python\n", Replaced(script, prefix, spots));
        var longer = Replaced(script, $"{prefix}n", spots)!;
        Assert.Equal($"#!/bin/sh\n'''exec' \"{prefix}n/bin/python\" \"$0\" \"$@\" #'''\n", longer);
        var back = PrefixFinder.InOwnText(Bytes(longer), PrefixText.Of($"{prefix}n"), isJson: false)!;
        var content = EditedContent.Of(back, longer.Length, PrefixText.Of($"{prefix}n"), PrefixText.Of(Old))!;
        Assert.Equal(script, Encoding.UTF8.GetString(content.Apply(Bytes(longer))));
    }

    [Theory]
    [InlineData("-I/old/env/include -L/old/env/lib -isystem/old/env", "-I/n/include -L/n/lib -isystem/n")]
    [InlineData("-Wl,-rpath,/old/env/lib -Wl,-rpath=/old/env/lib", "-Wl,-rpath,/n/lib -Wl,-rpath=/n/lib")]
    [InlineData("prefix=/old/env", "prefix=/n")]
    [InlineData("PATH=/usr/bin:/old/env/bin;${X:-/old/env}", "PATH=/usr/bin:/n/bin;${X:-/n}")]
    [InlineData("s|/old/env|x|; '/old/env' `/old/env/bin/x` (/old/env)", "s|/n|x|; '/n' `/n/bin/x` (/n)")]
    [InlineData("It is in /old/env.", "It is in /n.")]
    [InlineData("@/old/env/arguments <p>/old/env</p>", "@/n/arguments <p>/n</p>")]
    [InlineData("sqlite:////old/env/db ///old/env", "sqlite:////n/db ///n")]
    [InlineData("\"a\\n/old/env\\t/old/env/lib\"", "\"a\\n/n\\t/n/lib\"")]
    public void A_path_in_text_without_a_record_starts_after_a_separator(string before, string after) =>
        Assert.Equal(after, Replaced(before, "/n", PrefixFinder.InOwnText(Bytes(before), PrefixText.Of(Old), isJson: false)));

    [Theory]
    [InlineData("/mnt/old/env/lib")]
    [InlineData("root=/mnt/old/env")]
    [InlineData("~/old/env ./old/env ../old/env")]
    [InlineData("$HOME/old/env ${HOME}/old/env $(pwd)/old/env %(here)s/old/env {{ root }}/old/env")]
    [InlineData("-I/mnt/old/env -I${ROOT}/old/env -I../old/env")]
    [InlineData("http://old/env https://host/old/env")]
    [InlineData("/old/env.bak /old/env+x /old/env@2 /old/env~ /old/enví")]
    [InlineData("é/old/env")]
    public void A_prefix_in_the_middle_of_a_longer_path_stays(string text)
    {
        Assert.Null(PrefixFinder.InOwnText(Bytes(text), PrefixText.Of(Old), isJson: false));
        Assert.NotNull(PrefixFinder.InText(Bytes(text), PrefixText.Of(Old))); // if conda recorded it, it is replaced as conda does
    }

    [Theory]
    [InlineData("""{"a": "/mnt/old/env"}""")]
    [InlineData("""{"a": "file:///mnt/old/env", "b": "file:///old/env%20x"}""")]
    [InlineData("""{"a": "/old/env\u00e9"}""")]
    public void A_prefix_in_the_middle_of_a_longer_path_stays_in_json_too(string text) =>
        Assert.Null(PrefixFinder.InOwnText(Bytes(text), PrefixText.Of(Old), isJson: true));

    [Fact]
    public void An_escaped_prefix_in_a_json_text_is_found()
    {
        const string text = """{"a": "/h\u00f6/env/lib", "b": "/hö/env"}""";
        var spots = PrefixFinder.InOwnText(Bytes(text), PrefixText.Of("/hö/env"), isJson: true);
        Assert.Equal(
            """{"a": "/\u00e9/lib", "b": "/é"}""",
            Encoding.UTF8.GetString(
                EditedContent.Of(spots!, Bytes(text).Length, PrefixText.Of("/hö/env"), PrefixText.Of("/é"))!.Apply(Bytes(text))));
    }

    [Fact]
    public void A_binary_has_the_space_of_its_placeholder()
    {
        const string placeholder = "/placeholder/of/conda";
        var installed = $"\u007fELF\0{Old}/lib:{Old}/share\0{new string('\0', 2 * (placeholder.Length - Old.Length))}end";
        var spots = PrefixFinder.InBinary(Bytes(installed), PrefixText.Of(Old), PrefixText.Of(placeholder))!;
        Assert.Equal($"\u007fELF\0{placeholder}/lib:{placeholder}/share\0end", Replaced(installed, placeholder, spots));
        Assert.StartsWith("\u007fELF\0/n/lib:/n/share\0\0", Replaced(installed, "/n", spots), StringComparison.Ordinal);
        Assert.Equal(installed.Length, Replaced(installed, "/n", spots)!.Length);
        Assert.Null(Replaced(installed, $"{placeholder}x", spots));
    }

    [Fact]
    public void A_binary_without_padding_accepts_no_longer_prefix()
    {
        const string text = "/old/env/lib\0full";
        var spots = PrefixFinder.InBinary(Bytes(text), PrefixText.Of(Old), PrefixText.Of("/placeholder"));
        Assert.Null(Replaced(text, "/older/env", spots));
        Assert.Equal("/n/env/lib\0\0\0full", Replaced(text, "/n/env", spots));
    }

    [Fact]
    public void A_missing_prefix_is_not_found()
    {
        Assert.Null(PrefixFinder.InText("nothing"u8, PrefixText.Of(Old)));
        Assert.Null(PrefixFinder.InBinary("/old/env without an end"u8, PrefixText.Of(Old), room: null));
        Assert.Null(PrefixFinder.InOwnText("/old/envelope"u8, PrefixText.Of(Old), isJson: false));
    }

    [Fact]
    public void A_prefix_that_is_not_UTF_8_is_replaced_by_its_bytes()
    {
        byte[] old = [.. "/old\xff"u8];
        byte[] text = [.. "a="u8, .. old, .. "/lib"u8];
        var spots = PrefixFinder.InText(text, new PrefixText(old));
        var moved = EditedContent.Of(spots!, text.Length, new PrefixText(old), PrefixText.Of("/new"))!.Apply(text);
        Assert.Equal("a=/new/lib", Encoding.UTF8.GetString(moved));
    }

    [Fact]
    public void Invalid_positions_produce_no_content()
    {
        static PrefixSpots Of(params PrefixSpot[] spots) => new() { Spots = spots };
        var (old, replacement) = (PrefixText.Of(Old), PrefixText.Of("/n"));
        Assert.Null(EditedContent.Of(Of(new PrefixSpot(100, PrefixForm.Plain)), 50, old, replacement));
        Assert.Null(EditedContent.Of(Of(new PrefixSpot(0, PrefixForm.Plain), new PrefixSpot(3, PrefixForm.Plain)), 50, old, replacement));
        Assert.Null(EditedContent.Of(Of(new PrefixSpot(-1, PrefixForm.Plain)), 50, old, replacement));
        Assert.Null(EditedContent.Of(Of(new PrefixSpot(0, (PrefixForm)99)), 50, old, replacement));
        Assert.Null(EditedContent.Of(
            Of(new PrefixSpot(0, PrefixForm.Plain)) with { Strings = [new PrefixString(1, 2, 0)] }, 50, old, replacement));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Replaced(string text, string prefix, PrefixSpots? spots) =>
        EditedContent.Of(spots!, Bytes(text).Length, PrefixText.Of(Old), PrefixText.Of(prefix)) is { } content
            ? Encoding.UTF8.GetString(content.Apply(Bytes(text)))
            : null;
}
