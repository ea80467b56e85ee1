using CondaFuse.Mounts;

namespace CondaFuse.Store.Tests;

public sealed class ServerRecordTests : IDisposable
{
    private static readonly ServerRecord Record = new(
        new ProcessIdentity(4711, 123456789), "/envs/a \"b\"\n", "/data/größe.squashfs", "/envs/a/a", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private readonly Sandbox sandbox = new();

    private string File => sandbox.Layout.ServerFile("/envs/a");

    [Fact]
    public void What_is_written_is_read()
    {
        Record.Write(File);
        Assert.Equal(Record, ServerRecord.TryRead(File));
    }

    [Fact]
    public void What_is_left_out_is_read()
    {
        var record = Record with { LeftOut = "changes \"of one's own\"" };
        record.Write(File);
        Assert.Equal(record, ServerRecord.TryRead(File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"schema\":1}")]
    [InlineData("{\"schema\":2,\"pid\":1}")]
    [InlineData("{\"schema\":1,\"pid\":\"x\",\"startTicks\":1,\"mountPoint\":\"\",\"archive\":\"\",\"prefix\":\"\",\"since\":\"\"}")]
    public void A_broken_or_newer_record_is_no_record(string text)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Null(ServerRecord.TryRead(File));
    }

    [Fact]
    public void None_is_none() => Assert.Null(ServerRecord.TryRead(File));

    public void Dispose() => sandbox.Dispose();
}
