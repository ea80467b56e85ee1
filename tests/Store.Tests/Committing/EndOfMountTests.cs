using CondaFuse.Images;
using CondaFuse.Store.Committing;

namespace CondaFuse.Store.Tests.Committing;

public sealed class EndOfMountTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("Ende ").FullName;

    private const string Device = "0:55";
    private readonly Platform.PrivateFolder runtime;

    public EndOfMountTests() => runtime = Platform.PrivateFolder.OpenOrMake(folder);

    [Fact]
    public void It_is_left_for_who_asked_and_for_nobody_else()
    {
        var report = new CommitReport(7, new GenerationDifference(1, 2, 3, 4, 5, 6), 8, "+six 1.16", 0.25, ["left out"]);
        var end = new EndOfMount(report, Failure: null, "a note");
        end.Leave(runtime, Device);
        Assert.Null(EndOfMount.TryRead(runtime, Device));
        Assert.Empty(Directory.GetFiles(folder));

        EndOfMount.Ask(runtime, Device);
        Assert.Null(EndOfMount.TryRead(runtime, Device));
        end.Leave(runtime, Device);
        var read = EndOfMount.TryRead(runtime, Device)!;
        Assert.Equal(end with { Report = null }, read with { Report = null });
        Assert.Equal(report with { Warnings = [] }, read.Report! with { Warnings = [] }, Same);
        Assert.Equal(report.Warnings, read.Report!.Warnings);
    }

    [Fact]
    public void A_failure_is_told_as_well()
    {
        EndOfMount.Ask(runtime, Device);
        new EndOfMount(Report: null, "the disk is full").Leave(runtime, Device);
        Assert.Equal(new EndOfMount(Report: null, "the disk is full"), EndOfMount.TryRead(runtime, Device));
    }

    public void Dispose()
    {
        runtime.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static bool Same(CommitReport one, CommitReport other) =>
        (one.Generation, one.Difference, one.GrownBytes, one.Packages, one.Seconds) == (other.Generation, other.Difference, other.GrownBytes, other.Packages, other.Seconds);
}
