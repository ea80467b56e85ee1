using System.Text;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Tests.Content;

public class PrefixReplacementTests
{
    [Theory]
    [InlineData("a=/old/lib b=/old", "a=/newer/lib b=/newer")]
    [InlineData("nothing", "nothing")]
    [InlineData("", "")]
    public void Text_changes_its_length(string before, string after) =>
        Assert.Equal(after, Utf8(PrefixReplacement.InText(Bytes(before), "/old"u8, "/newer"u8)));

    [Theory]
    [InlineData("x/old/lib\0y", "x/n/lib\0\0\0y")]
    [InlineData("/old/a:/old/b\0", "/n/a:/n/b\0\0\0\0\0")]
    [InlineData("/old without an end", "/old without an end")]
    [InlineData("/old\0/old\0", "/n\0\0\0/n\0\0\0")]
    public void Strings_of_binaries_keep_their_lengths(string before, string after)
    {
        Assert.True(PrefixReplacement.TryInBinary(Bytes(before), "/old"u8, "/n"u8, out var result));
        Assert.Equal(after, Utf8(result));
        Assert.True(PrefixReplacement.TryRestoreBinary(result, "/n"u8, "/old"u8, out var restored));
        Assert.Equal(before, Utf8(restored));
    }

    /// <summary>Results of conda 24.11's <c>replace_prefix</c>.</summary>
    [Theory]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", false)]
    [InlineData("utf-32BE", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-32", true)]
    [InlineData("utf-32BE", true)]
    public void Wide_strings_are_replaced_and_restored_as_well(string name, bool binary)
    {
        var encoding = Encoding.GetEncoding(name);
        var before = encoding.GetBytes("x/old/lib:/old/é\0/old\0y");
        if (!binary)
        {
            var text = PrefixReplacement.InText(before, "/old"u8, "/newer"u8);
            Assert.Equal("x/newer/lib:/newer/é\0/newer\0y", encoding.GetString(text));
            Assert.Equal(before, PrefixReplacement.InText(text, "/newer"u8, "/old"u8));
            return;
        }

        Assert.True(PrefixReplacement.TryInBinary(before, "/old"u8, "/n"u8, out var result));
        Assert.Equal("x/n/lib:/n/é\0\0\0\0\0/n\0\0\0y", encoding.GetString(result));
        Assert.True(PrefixReplacement.TryRestoreBinary(result, "/n"u8, "/old"u8, out var restored));
        Assert.Equal(before, restored);
        Assert.False(PrefixReplacement.TryInBinary(before, "/old"u8, "/longer"u8, out _));
    }

    [Fact]
    public void A_longer_prefix_does_not_fit_into_a_binary()
    {
        Assert.False(PrefixReplacement.TryInBinary("/old\0"u8, "/old"u8, "/longer"u8, out _));
        Assert.True(PrefixReplacement.TryInBinary("/none\0"u8, "/old"u8, "/longer"u8, out _));
    }

    [Fact]
    public void Strings_without_padding_are_not_mistaken_for_replaced_ones() =>
        Assert.False(PrefixReplacement.TryRestoreBinary("/n/lib\0full"u8, "/n"u8, "/old"u8, out _));

    [Theory]
    [InlineData("#!/old/bin/python\nx", "#!/usr/bin/env python\nx")]
    [InlineData("#! /old/bin/python -E\r\n", "#!/usr/bin/env python -E\r\n")]
    [InlineData("#!/old/bin/python", "#!/usr/bin/env python")]
    [InlineData("#!/old/bin/python\n# /old\n", null)]
    [InlineData("#!/bin/sh\n/old/bin/python\n", null)]
    [InlineData("#!/older/bin/python\n", null)]
    public void A_script_that_only_starts_with_the_prefix_finds_its_program_through_env(string before, string? after)
    {
        var free = PrefixReplacement.TryFreeShebang(Bytes(before), "/old"u8, out var result);
        Assert.Equal(after, free ? Utf8(result!) : null);
    }

    [Theory]
    [InlineData("/a b", "#!/usr/bin/env python -E\nrest")]
    [InlineData("/ab", "#!/ab/bin/python -E\nrest")]
    public void A_first_line_with_a_space_in_the_path_uses_env(string prefix, string after) =>
        Assert.Equal(after, Utf8(PrefixReplacement.WithoutLongShebang(Bytes($"#!{prefix}/bin/python -E\nrest"), Bytes(prefix))));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Utf8(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
