using System.Text;
using CondaFuse.Fuse.Wire;
using CondaFuse.Serving.FirstUse;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Serving.Tests;

public sealed class FirstUseRecorderTests : IDisposable
{
    private readonly MemoryTree _tree = SampleTree.Create();
    private readonly FirstUseRecorder _recorder = new();
    private readonly Kernel _kernel;

    public FirstUseRecorderTests() => _kernel = new Kernel(_tree, new() { FirstUse = _recorder });

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Reads_are_recorded_by_path_in_order_and_adjacent_ones_are_merged()
    {
        var lib = Node(1, "lib");
        var (large, block) = (Node(lib, "large"), Node(lib, "block"));
        _kernel.Read(large, 131_072, 131_072);
        _kernel.Read(block, 0, 131_072);
        _kernel.Read(large, 262_144, 131_072);
        _kernel.Read(large, 0, 4096);
        Assert.Equal(["lib/large 131072+262144", "lib/block 0+131072", "lib/large 0+4096"], Noted());
    }

    [Fact]
    public void Entries_of_a_listing_have_names_too()
    {
        var lib = Node(1, "lib");
        Assert.NotEmpty(_kernel.List(lib, 4096, plus: true));
        Node(lib, "block"); // a lookup after a listing means that all attributes are wanted
        var entry = _kernel.List(lib, 65_536, plus: true).Single(listed => listed.Name == "empty.bin").Entry;
        var long255 = _kernel.List(lib, 65_536, plus: true).Single(listed => listed.Name.Length == 255).Entry;
        _kernel.Read(entry.NodeId, 0, 4096);
        _kernel.Read(long255.NodeId, 0, 4096);
        Assert.Equal([$"lib/{new string('n', 255)} 0+9"], Noted());
    }

    [Fact]
    public void Only_existing_content_is_recorded()
    {
        var tool = Node(Node(1, "bin"), "tool");
        _kernel.Read(tool, 0, 4096);
        _kernel.Read(tool, 4096, 4096);
        Assert.Equal(["bin/tool 0+17"], Noted());
    }

    [Fact]
    public void The_prefetcher_is_ignored()
    {
        _recorder.Ignore(4711);
        _recorder.Named(new(1), "a"u8, new(2));
        _recorder.Read(new(2), 0, 10, 4711);
        Assert.Equal(0, _recorder.Version);
        _recorder.Read(new(2), 10, 10, 4712);
        _recorder.Read(new(2), 50, 10, 0);
        Assert.Equal(["a 10+10", "a 50+10"], Noted());
    }

    [Fact]
    public void A_file_without_a_known_path_and_one_in_a_circle_are_left_out()
    {
        _recorder.Named(new(3), "b"u8, new(4));
        _recorder.Named(new(4), "a"u8, new(3));
        _recorder.Read(new(4), 0, 10, 1);
        _recorder.Read(new(9), 0, 10, 1);
        Assert.Equal(2, _recorder.Version);
        Assert.Empty(Noted());
    }

    [Fact]
    public void Thousands_of_names_are_recorded_and_too_many_do_no_harm()
    {
        const int nodes = 3000;
        for (var round = 0; round < 50; round++)
        {
            for (ulong node = 2; node < nodes; node++)
            {
                _recorder.Named(new(1), Encoding.UTF8.GetBytes($"file-{node}"), new(node));
            }
        }

        for (ulong node = 2; node < nodes; node++)
        {
            _recorder.Read(new(node), 0, (int)node, 1);
        }

        var noted = Noted().ToList();
        Assert.InRange(noted.Count, nodes * 99 / 100, nodes);
        Assert.All(noted, line => Assert.Matches(@"^file-(\d+) 0\+\1$", line));

        for (ulong node = nodes; node < 100_000; node++)
        {
            _recorder.Named(new(1), "one more"u8, new(node));
        }

        Assert.Equal(noted, Noted());
    }

    [Fact]
    public void Recording_ends_at_its_limits_and_on_request()
    {
        _recorder.Named(new(1), "a"u8, new(2));
        for (var number = 0; number < 2 * FirstUseRecorder.MaxRanges; number++)
        {
            _recorder.Read(new(2), 2L * number, 1, 1);
        }

        Assert.True(_recorder.IsOver);
        Assert.Equal(FirstUseRecorder.MaxRanges, _recorder.Snapshot().Count);

        var large = new FirstUseRecorder();
        large.Named(new(1), "a"u8, new(2));
        for (var number = 0; number < 2 * FirstUseRecorder.MaxBytes >> 20; number++)
        {
            large.Read(new(2), (long)number << 20, 1 << 20, 1);
        }

        Assert.Equal(FirstUseRecorder.MaxBytes, Assert.Single(large.Snapshot()).Length);

        var told = new FirstUseRecorder();
        told.End();
        told.Named(new(1), "a"u8, new(2));
        told.Read(new(2), 0, 1, 1);
        Assert.Empty(told.Snapshot());
    }

    [Fact]
    public async Task Waiting_for_the_first_use_ends_with_it_or_with_recording()
    {
        Assert.False(_recorder.WaitForUse(TimeSpan.FromMilliseconds(1)));
        var waiting = Task.Run(() => _recorder.WaitForUse(TimeSpan.FromMinutes(1)));
        await Task.Delay(20);
        _recorder.Read(new(2), 0, 1, 1);
        Assert.True(await waiting.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.True(_recorder.WaitForUse(TimeSpan.FromMinutes(1)));

        var other = new FirstUseRecorder();
        var toTheEnd = Task.Run(() => other.WaitForUse(Timeout.InfiniteTimeSpan));
        await Task.Delay(20);
        other.End();
        Assert.True(await toTheEnd.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    private ulong Node(ulong directory, string name) => _kernel.Lookup(directory, name).As<EntryReply>().NodeId;

    private IEnumerable<string> Noted() =>
        _recorder.Snapshot().Select(range => $"{Encoding.UTF8.GetString(range.Path.Span)} {range.Offset}+{range.Length}");
}
