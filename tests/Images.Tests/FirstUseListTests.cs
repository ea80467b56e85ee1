using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

public class FirstUseListTests
{
    private static readonly UsedRange[] Sample = [
        Used("bin/python", 0, 4096),
        Used("bin/python", 131_072, 5),
        Used("lib/größe.py", 7, 1),
        Used("bin/python", 8192, 4096),
    ];

    [Fact]
    public void What_is_formatted_is_parsed() => Assert.Equal(Sample.Select(Text), Parse(FirstUseList.Format(Sample))!.Select(Text));

    [Fact]
    public void An_empty_list_is_a_list() => Assert.Empty(Parse(FirstUseList.Format([]))!);

    [Fact]
    public void The_bytes_are_those_of_the_formats_page() => Assert.Equal(
        "436F6E64614675" + "1A" + "01000000" + "01000000" + "0F000000" + "3C7388D4" + "0710000000000000" + "02000000" + "0100" + "61",
        Convert.ToHexString(FirstUseList.Format([Used("a", 4103, 2)])));

    [Fact]
    public void A_list_with_any_byte_changed_or_cut_off_or_added_is_no_list()
    {
        var sound = FirstUseList.Format(Sample);
        for (var at = 0; at < sound.Length; at++)
        {
            var damaged = sound.ToArray();
            damaged[at] ^= 0x40;
            Assert.Null(Parse(damaged));
            Assert.Null(Parse(sound[..at]));
        }

        Assert.Null(Parse([.. sound, 0]));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    public void A_path_that_leads_elsewhere_is_no_path(string path) => Assert.Null(Parse(FirstUseList.Format([Used(path, 0, 1)])));

    [Fact]
    public void A_range_beyond_the_end_of_every_file_is_invalid() => Assert.Null(Parse(FirstUseList.Format([Used("a", long.MaxValue, 1)])));

    [Fact]
    public void A_too_long_list_is_truncated()
    {
        Assert.Equal(
            FirstUseList.MaxRanges, Parse(FirstUseList.Format([.. Enumerable.Range(0, 9000).Select(number => Used($"f{number}", 0, 1))]))!.Count);
        var large = Enumerable.Range(0, 7).Select(number => Used($"f{number}", 0, 16L << 20)).ToList();
        Assert.Equal(6, Parse(FirstUseList.Format(large))!.Count);
    }

    [Fact]
    public void Merging_appends_new_ranges_and_removes_nothing() => Assert.Equal(
        [.. Sample.Select(Text), "bin/python 4096+4096", "bin/python 12288+100", "new 0+9"],
        FirstUseList.Merge(Sample, [Used("bin/python", 0, 12_388), Used("lib/größe.py", 7, 1), Used("new", 0, 9)]).Select(Text));

    [Fact]
    public void A_list_that_would_become_too_long_starts_over()
    {
        var known = Enumerable.Range(0, 6).Select(number => Used($"f{number}", 0, 16L << 20)).ToList();
        Assert.Equal(["new 0+9"], FirstUseList.Merge(known, [Used("new", 0, 9)]).Select(Text));
    }

    private static UsedRange Used(string path, long offset, long length) => new(Encoding.UTF8.GetBytes(path), offset, length);

    private static string Text(UsedRange range) => $"{Encoding.UTF8.GetString(range.Path.Span)} {range.Offset}+{range.Length}";

    private static IReadOnlyList<UsedRange>? Parse(byte[] file) => FirstUseList.TryParse(file);
}
