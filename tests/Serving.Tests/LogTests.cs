using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

public sealed class LogTests
{
    [Fact]
    public void A_log_that_cannot_be_written_does_not_end_the_mount()
    {
        using var tree = new Broken();
        var caller = "E8030000 E8030000 01000000 0000 0000";
        byte[] Get(string unique) => Hex.Bytes($"38000000 03000000 {unique} 0200000000000000 {caller} 00000000 00000000 0000000000000000");
        var channel = new MemoryChannel(Get("0300000000000000"), Get("0400000000000000"));
        var server = new TreeServer(
            (IReadableTree)tree, new ServingOptions { Threads = 1, Log = _ => throw new IOException("No space left on device") });
        var failure = Record.Exception(() => server.Serve(channel));
        Assert.True(failure is null, $"{failure?.GetType().Name}: {failure?.Message}; {channel.Replies.Count} replies");
        Assert.Equal(2, channel.Replies.Count);
    }

    private sealed class Broken : IReadableTree
    {
        public TreeTotals Totals => new(1, 1, 4096);
        public Attributes GetAttributes(NodeId node) => throw new TreeException(TreeFailure.Corrupt, "broken");
        public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) => throw new NotSupportedException();
        public ulong GetParentInode(NodeId directory) => 1;
        public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) { }
        public int Read(NodeId file, long offset, Span<byte> destination) => 0;
        public int ReadLink(NodeId symlink, Span<byte> destination) => 0;
        public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) { length = 0; return false; }
        public int ListXattrs(NodeId node, Span<byte> destination) => 0;
        public void Dispose() { }
    }
}
