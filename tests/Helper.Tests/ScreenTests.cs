using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Helper.Commands;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Packing.Metadata;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Tests;

public class ScreenTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Theory]
    [InlineData(5, "just now")]
    [InlineData(60, "1 minute ago")]
    [InlineData(7199, "1 hour ago")]
    [InlineData(3 * 86400, "3 days ago")]
    [InlineData(60 * 86400, "2 months ago")]
    [InlineData(800 * 86400, "2 years ago")]
    public void A_terminal_shows_how_long_ago_something_was(int seconds, string text) =>
        Assert.Equal(text, Screen(80).Time(new Timestamp(Now.ToUnixTimeSeconds() - seconds, 0)));

    [Fact]
    public void A_file_gets_whole_paths_and_times()
    {
        var file = Screen(80) with { IsTerminal = false };
        Assert.Equal("/home/user/x", file.Shorten("/home/user/x"));
        Assert.DoesNotContain("ago", file.Time(new Timestamp(Now.ToUnixTimeSeconds() - 5, 0)), StringComparison.Ordinal);
        Assert.Equal("~/x", Screen(80).Shorten("/home/user/x"));
        Assert.Equal("/home/username/x", Screen(80).Shorten("/home/username/x"));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public void List_log_and_diff_are_the_reviewed_ones_and_fit(int width)
    {
        var lines = Lines(output =>
        {
            ListCommand.PrintTable(output, Screen(width), ["/home/user/miniconda_fuse/archives"], Environments());
            LogCommand.Print(output, Screen(width), History(), Packages());
            var report = new DifferenceReport(output, Screen(width));
            report.Write(Packages()[2], Paths());
            report.WriteCounts(Packages()[2], Paths());
        });
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        GoldenFile.Check($"tests/Helper.Tests/Golden/screens/{width}.txt", lines);
    }

    [Fact]
    public void Colours_are_shown_only_where_they_are_wanted()
    {
        static string Of(Screen screen) => string.Join('\n', Lines(output => new DifferenceReport(output, screen).Write([], Paths())));
        Assert.DoesNotContain("\e[", Of(Screen(80)), StringComparison.Ordinal);
        Assert.Contains("\e[32madded", Of(Screen(80) with { IsColoured = true }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list --color always", "list", "always", null)]
    [InlineData("list --color=never --json", "list --json", "never", null)]
    [InlineData("run x -- ls --color=auto", "run x -- ls --color=auto", "auto", null)]
    [InlineData("list --color pink", "list", "pink", "--color takes auto, always or never, not 'pink'")]
    public void The_colour_is_an_option_of_every_command(string line, string others, string value, string? mistake)
    {
        var taken = ColorOption.Take(line.Split(' '));
        Assert.Equal((others, value, mistake), (string.Join(' ', taken.Words), taken.Value, taken.Mistake));
    }

    [Fact]
    public void Progress_fits_the_width_and_has_a_rate_and_the_time_left()
    {
        var parts = ProgressLine.Describe(new PackProgress(10, 50 << 20, 10 << 20, 20, 100 << 20, IsTotalKnown: true), TimeSpan.FromSeconds(10));
        Assert.Equal("packing: 50 %, 10 s left, 50M of 100M, 5.0M/s, 10 of 20 files", ProgressLine.Line("packing", parts, 80));
        Assert.Equal("packing: 50 %, 10 s left, 50M of 100M", ProgressLine.Line("packing", parts, 40));
        Assert.Equal("packing", ProgressLine.Line("packing", parts, 8));
        Assert.DoesNotContain(
            ProgressLine.Describe(new PackProgress(0, 0, 0, 20, 100 << 20, IsTotalKnown: true), TimeSpan.FromSeconds(2)),
            part => part.Contains('%', StringComparison.Ordinal));
    }

    private static Screen Screen(int width) => new(IsTerminal: true, width, Height: 24, IsColoured: false, "/home/user", Now);

    private static List<string> Lines(Action<LineOutput> write)
    {
        using var stream = new MemoryStream();
        write(new LineOutput(stream, ignoresFailures: false));
        return [.. Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n')];
    }

    private static IReadOnlyList<(EnvironmentStatus Status, ListNotes Notes)> Environments() =>
    [
        (Status("science", "squashfs", 412_000_000, new PendingAmount(1310, 10 << 20)), new ListNotes(1)),
        (Status("old-teaching-material", "zip", 98_000_000, new PendingAmount(0, 0)), new ListNotes(0)),
        (Status("emptied", "squashfs", 4_000_000, new PendingAmount(0, 0)) with { LastEnvironment = 3 }, new ListNotes(0)),
        (Status("broken", "squashfs", null, null) with { Problem = "its archive was deleted" }, new ListNotes(null)),
        (Status("shared", "squashfs", 1_200_000_000, new PendingAmount(2, 300)), new ListNotes(2, IsPersonal: true, IsElsewhere: true)),
    ];

    private static EnvironmentStatus Status(string name, string format, long? bytes, PendingAmount? pending) =>
        new(name, $"/nowhere/{name}.{format}", format, bytes, null, null, null, pending, 2)
        {
            CanonicalArchive = $"/nowhere/{name}.{format}",
        };

    private static IReadOnlyList<GenerationEntry> History() =>
    [
        Entry(3, 3600, "numpy 1.26.4 to 2.1.0", new GenerationDifference(34, 102_400, 2, 4096, 1, 0)),
        Entry(2, 3 * 86400, "add the packages for the second part of the course", new GenerationDifference(1, 4, 0, 0, 0, 0)),
        Entry(1, 400 * 86400, "created", null),
    ];

    private static GenerationEntry Entry(long number, long age, string message, GenerationDifference? difference) => new()
    {
        Number = number,
        Time = new Timestamp(Now.ToUnixTimeSeconds() - age, 0),
        Message = message,
        Counts = new EntryCounts(20_000, 1_000, 300, 0, 0, 0, 0),
        ContentBytes = 900_000_000,
        Difference = difference,
        EndBytes = 4096,
    };

    private static Dictionary<long, IReadOnlyList<PackageChange>> Packages() => new()
    {
        [2] = [new PackageChange("pandas", "conda", null, "2.2.3"), new PackageChange("six", "pip", "1.16.0", null)],
    };

    private static IReadOnlyList<TreeDifference> Paths() =>
    [
        new TreeDifference(DifferenceKind.Added, "lib/python3.11/site-packages/pandas"u8.ToArray(), EntryKind.Directory, 0),
        new TreeDifference(DifferenceKind.Added, "lib/python3.11/site-packages/pandas/a.py"u8.ToArray(), EntryKind.File, 4000),
        new TreeDifference(DifferenceKind.Changed, "bin/tool"u8.ToArray(), EntryKind.File, 120),
        new TreeDifference(DifferenceKind.Removed, "share/six"u8.ToArray(), EntryKind.File, 0),
    ];
}
