using CondaFuse.Mounts;

namespace CondaFuse.Store.Tests;

public sealed class ServerRecordTests : IDisposable
{
    private static readonly ServerRecord Record = new(
        new ProcessIdentity(4711, 123456789), "/envs/a \"b\"\n", "/data/größe.squashfs", "/envs/a/a",
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)) { ProcessSpace = "pid:[1]" };

    private readonly Sandbox _sandbox = new();

    private const string Device = "0:55";

    private Platform.PrivateFolder Folder => _sandbox.Layout.Runtime.Chosen;

    [Fact]
    public void What_is_written_is_read()
    {
        Record.Write(Folder, Device);
        Assert.Equal(Record, ServerRecord.TryRead(Folder, Device));
    }

    [Fact]
    public void What_is_left_out_is_read()
    {
        var record = Record with { LeftOut = "changes \"of one's own\"" };
        record.Write(Folder, Device);
        Assert.Equal(record, ServerRecord.TryRead(Folder, Device));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"schema\":2}")]
    [InlineData("{\"schema\":3,\"pid\":1}")]
    [InlineData("{\"schema\":2,\"pid\":\"x\",\"startTicks\":1,\"mountPoint\":\"\",\"archive\":\"\",\"prefix\":\"\",\"since\":\"\"}")]
    public void A_broken_or_newer_record_is_no_record(string text)
    {
        Folder.Write(RuntimeFolder.RecordName(Device), System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Null(ServerRecord.TryRead(Folder, Device));
    }

    [Fact]
    public void A_server_of_another_process_namespace_is_neither_running_nor_gone()
    {
        var here = Record with { Process = ProcessIdentity.Find(Environment.ProcessId)!.Value, ProcessSpace = ProcessIdentity.Space };
        Assert.True(here.IsRunning);
        Assert.False((here with { Process = here.Process with { StartTicks = 1 } }).IsRunning);
        Assert.Null((here with { ProcessSpace = "pid:[1]" }).IsRunning);
    }

    [Fact]
    public void A_missing_record_is_null() => Assert.Null(ServerRecord.TryRead(Folder, Device));

    public void Dispose() => _sandbox.Dispose();
}
