using CondaFuse.Images;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Control;

public sealed class ControlTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("so ckets ").FullName;
    private readonly List<string> _log = [];

    private const string Socket = "mount.control";
    private readonly PrivateFolder _runtime;

    public ControlTests() => _runtime = PrivateFolder.OpenOrMake(_folder);

    private ControlClient Client => ControlClient.In(_runtime, Socket, Identity.UserId);

    private ControlServer Serve(Mount mount)
    {
        var server = new ControlServer(_runtime, Socket, mount, _log.Add);
        server.Begin();
        return server;
    }

    [Fact]
    public void A_server_reports_its_status_and_syncs()
    {
        var mount = new Mount();
        using var server = Serve(mount);
        Assert.Equal(mount.Status, AssertAnswers(Client));
        Assert.True(
            SpinWait.SpinUntil(
                () => new[] { Client.AskStatus(), Client.AskStatus() }.All(answer => answer() == mount.Status), TimeSpan.FromMinutes(1)),
            "two questions at once get no answer");
        mount.Status = mount.Status with { Committing = new PackProgress(1, 2, 3, 4, 5, IsTotalKnown: true) };
        Assert.Equal(mount.Status, AssertAnswers(Client));
        Client.Sync();
        Assert.Equal(1, mount.Syncs);
        Assert.Empty(_log);
    }

    [Fact]
    public void A_server_whose_socket_has_no_name_any_more_is_reached_through_its_descriptor()
    {
        var mount = new Mount();
        using var server = Serve(mount);
        File.Delete(Path.Combine(_folder, Socket));
        Assert.False(Client.IsThere());
        var client = ControlClient.Through(ProcessIdentity.Find(Identity.ProcessId)!.Value, server.Descriptor, Identity.UserId);
        Assert.True(client.IsThere());
        Assert.Equal(mount.Status, AssertAnswers(client));
    }

    [Fact]
    public void A_failure_reaches_the_client_and_the_server_continues()
    {
        var mount = new Mount { Failure = new TreeException(TreeFailure.NoSpace, "the disk is full") };
        using var server = Serve(mount);
        Assert.Equal("the disk is full", Assert.Throws<StoreException>(() => Client.Sync()).Message);
        AssertAnswers(Client);
    }

    [Fact]
    public void An_internal_error_reaches_the_client_too()
    {
        var mount = new Mount { Failure = new ArgumentException("a message of 90000 bytes") };
        using var server = Serve(mount);
        Assert.Contains("a message of 90000 bytes", Assert.Throws<StoreException>(() => Client.Sync()).Message, StringComparison.Ordinal);
        AssertAnswers(Client);
        Assert.Contains(nameof(ArgumentException), Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_request_does_not_wait_for_long_work()
    {
        using var hold = new ManualResetEventSlim();
        var mount = new Mount { Hold = hold };
        using var server = Serve(mount);
        var syncing = Task.Run(() => Client.Sync());
        AssertAnswers(Client);
        Assert.False(syncing.IsCompleted);
        hold.Set();
        await syncing.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(1, mount.Syncs);
    }

    [Fact]
    public void Invalid_requests_are_answered_and_so_are_later_ones()
    {
        using var server = Serve(new Mount());
        using var connection = _runtime.Connect(Socket, TimeSpan.FromMinutes(2));
        foreach (var request in new[]
            {
                "{",
                "[]",
                "{}",
                """{"protocol":2}""",
                """{"protocol":1,"request":"status"}""",
                """{"protocol":2,"request":"explode"}""",
            })
        {
            ControlFrame.Write(connection, System.Text.Encoding.UTF8.GetBytes(request));
            Assert.Contains("\"ok\":false", System.Text.Encoding.UTF8.GetString(ControlFrame.Read(connection)!), StringComparison.Ordinal);
        }

        ControlFrame.Write(connection, """{"protocol":2,"request":"status"}"""u8);
        Assert.Contains("\"ok\":true", System.Text.Encoding.UTF8.GetString(ControlFrame.Read(connection)!), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_of_absurd_length_ends_that_connection_only()
    {
        using var server = Serve(new Mount());
        using (var connection = _runtime.Connect(Socket, TimeSpan.FromMinutes(2)))
        {
            using var stream = new FileStream(connection, FileAccess.ReadWrite, bufferSize: 0);
            stream.Write([0xFF, 0xFF, 0xFF, 0x7F]);
            Assert.Equal(0, stream.Read(new byte[1]));
        }

        AssertAnswers(Client);
        Assert.Contains("control message of", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_server_there_is_no_status()
    {
        Assert.Null(Client.TryGetStatus());
        _runtime.Write(Socket, "what a dead server left"u8);
        Assert.Null(Client.TryGetStatus());
        using (Serve(new Mount()))
        {
            AssertAnswers(Client);
        }

        Assert.Empty(_runtime.List());
        Assert.Null(Client.TryGetStatus());
    }

    [OrdinaryUserFact]
    public void Only_the_mount_s_user_is_trusted()
    {
        using var server = Serve(new Mount());
        AssertAnswers(Client);
        Assert.Null(ControlClient.In(_runtime, Socket, Identity.UserId + 1).TryGetStatus());
    }

    [Fact]
    public void A_commit_is_asked_for_and_reported()
    {
        var mount = new Mount();
        using var server = Serve(mount);
        var client = Client;
        Assert.Null(client.Commit(new CommitRequest(1)));
        var report = client.Commit(new CommitRequest(1, "+six 1.16 ☃"))!;
        Assert.Equal(mount.Commit(new CommitRequest(1, "+six 1.16 ☃"))! with { Warnings = report.Warnings }, report);
        Assert.Equal(["left out"], report.Warnings);
    }

    [Fact]
    public void An_unmount_is_asked_for_and_answered()
    {
        var mount = new Mount();
        using var server = Serve(mount);
        var request = new UnmountRequest(IsLazy: true, KeepsChanges: false, CommitsFirst: true, Threads: 3);
        var reply = Client.Unmount(request);
        Assert.Equal(
            new UnmountReply(UnmountOutcome.Busy, Report: null, request.ToString(), "a note", 12, 4096), reply with { Report = null, Before = null });
        Assert.Equal(mount.Status, reply.Before);
        Assert.Equal(4, reply.Report!.Generation);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 1)]
    [InlineData(int.MaxValue, 256)]
    public void Threads_are_bounded(int asked, int granted)
    {
        using var server = Serve(new Mount());
        Assert.Contains($"Threads = {granted} ", Client.Unmount(new UnmountRequest(false, false, true, asked)).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Idle_connections_do_not_block_others_forever()
    {
        using var server = Serve(new Mount());
        var idle = Enumerable.Range(0, 100).Select(_ => _runtime.Connect(Socket, TimeSpan.FromMinutes(2))).ToList();
        idle.ForEach(connection => connection.Dispose());
        AssertAnswers(Client);
    }

    public void Dispose()
    {
        _runtime.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Asks until there is an answer: a client gives up after two seconds, which a busy machine may need.</summary>
    private static MountStatus AssertAnswers(ControlClient client)
    {
        MountStatus? status = null;
        Assert.True(SpinWait.SpinUntil(() => (status = client.TryGetStatus()) is not null, TimeSpan.FromMinutes(2)));
        return status!;
    }

    private sealed class Mount : IControlTarget
    {
        public Exception? Failure { get; init; }

        public ManualResetEventSlim? Hold { get; init; }

        public int Syncs { get; private set; }

        public MountStatus Status { get; set; } =
            new(Guid.NewGuid(), 3, 12, 4096, WriterKind.Other, "bob on elsewhere", "another \"process\" writes ☃", PersonalFolder: null);

        public void Sync()
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            Hold?.Wait();
            Syncs++;
        }

        public bool EndReadAhead() => false;

        public UnmountReply Unmount(UnmountRequest request) =>
            new(UnmountOutcome.Busy, Commit(new CommitRequest(1, "m")), request.ToString(), "a note", 12, 4096);

        public CommitReport? Commit(CommitRequest request) =>
            request.Message is null
                ? null
                : new CommitReport(4, new GenerationDifference(1, 2, 3, 4, 5, 6), 4096, request.Message, 0.25, ["left out"]);
    }
}
