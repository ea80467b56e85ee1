using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>The kernel holds a node until it has forgotten every introduction of it.</summary>
public sealed class ForgettingTests : IDisposable
{
    private readonly RecordingTree _tree = new();
    private readonly Kernel _kernel;

    public ForgettingTests() => _kernel = new Kernel(_tree);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_node_is_forgotten_with_its_last_introduction()
    {
        var file = _tree.Readable.AddFile("file", "x").Value;
        _kernel.Lookup(1, "file");
        _kernel.Lookup(1, "file");
        _kernel.Lookup(1, "no such name");
        Forget(file, 1);
        Assert.Empty(_tree.Asked);
        Forget(file, 1);
        Assert.Equal([$"forget {file}"], _tree.Asked);
    }

    [Theory]
    [InlineData(Opcode.MakeNode)]
    [InlineData(Opcode.MakeDirectory)]
    [InlineData(Opcode.Symlink)]
    [InlineData(Opcode.Link)]
    [InlineData(Opcode.TemporaryFile)]
    public void Created_entries_are_counted(Opcode opcode)
    {
        Make(opcode);
        _tree.Asked.Clear();
        Forget(7, 1);
        Assert.Equal(["forget 7"], _tree.Asked);
    }

    [Theory]
    [InlineData(Opcode.MakeNode)]
    [InlineData(Opcode.MakeDirectory)]
    [InlineData(Opcode.Symlink)]
    [InlineData(Opcode.Link)]
    [InlineData(Opcode.TemporaryFile)]
    public void A_dropped_reply_is_revoked(Opcode opcode)
    {
        _kernel.DropsReplies = true;
        Make(opcode);
        Assert.Equal("forget 7", _tree.Asked[^1]);
    }

    [Fact]
    public void A_dropped_lookup_is_revoked()
    {
        var file = _tree.Readable.AddFile("file", "x").Value;
        _kernel.DropsReplies = true;
        _kernel.Lookup(1, "file");
        _kernel.Lookup(1, "no such name");
        Assert.Equal([$"forget {file}"], _tree.Asked);
    }

    [Fact]
    public void A_dropped_write_forgets_nothing()
    {
        _kernel.DropsReplies = true;
        _kernel.Ask(Opcode.Write, 7, new WriteRequest { Size = 1 }, 42);
        _kernel.Ask(Opcode.Unlink, 1, Kernel.Name("a"));
        Assert.Equal(["write 7 0 *", "unlink 1 a"], _tree.Asked);
    }

    [Fact]
    public void A_listing_counts_entries_with_attributes()
    {
        var (directory, file) = AddListed();
        ListWithAttributes();
        Forget(directory, 1);
        Forget(file, 2);
        Assert.Equal([$"forget {directory}", $"forget {file}"], _tree.Asked);
    }

    [Fact]
    public void A_dropped_listing_is_revoked()
    {
        var (directory, file) = AddListed();
        _kernel.DropsReplies = true;
        ListWithAttributes();
        Assert.Equal([$"forget {file}", $"forget {directory}", $"forget {file}"], _tree.Asked);
    }

    [Fact]
    public void Many_are_forgotten_at_once()
    {
        for (var count = 0; count < 3; count++)
        {
            Make(Opcode.MakeNode);
        }

        _tree.Asked.Clear();
        ForgottenNode[] nodes = [new(7, 2), new(9, 5), new(7, 1)];
        _kernel.Dispatch(Message(Opcode.BatchForget, 0, [3, 0, 0, 0, 0, 0, 0, 0, .. MemoryMarshal.AsBytes(nodes.AsSpan())]));
        Assert.Equal(["forget 7"], _tree.Asked);
    }

    [Fact]
    public void FORGET_gets_no_reply_even_if_the_tree_fails()
    {
        Make(Opcode.MakeNode);
        _tree.Fails = TreeFailure.Storage;
        Assert.Empty(_kernel.Exchange(Message(Opcode.Forget, 7, [1, 0, 0, 0, 0, 0, 0, 0])));
        Assert.Equal(["Forget of node 7: by design"], _kernel.Logged);
    }

    [Fact]
    public void Counts_of_distant_nodes_are_apart()
    {
        var counts = new LookupCounts();
        foreach (var node in (ulong[])[1, 4095, 4096, 300_000, 0xFFFF_FFFF])
        {
            counts.Add(new NodeId(node));
        }

        counts.Add(new NodeId(4096));
        Assert.False(counts.Remove(new NodeId(4096), 1));
        Assert.True(counts.Remove(new NodeId(4096), 1));
        Assert.Equal([1, 1, 0, 1, 1], new ulong[] { 1, 4095, 4096, 300_000, 0xFFFF_FFFF }.Select(node => counts.Of(new NodeId(node))));
    }

    [Fact]
    public void Counting_from_several_threads_loses_nothing()
    {
        var counts = new LookupCounts();
        Parallel.For(0, 100_000, number => counts.Add(new NodeId((ulong)number % 20_000)));
        Assert.All(Enumerable.Range(0, 20_000), number => Assert.Equal(5, counts.Of(new NodeId((ulong)number))));
    }

    private static byte[] Message(Opcode opcode, ulong node, byte[] body)
    {
        var header = new RequestHeader { Length = (uint)(40 + body.Length), Opcode = opcode, Unique = 3, NodeId = node };
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<RequestHeader>(in header)), .. body];
    }

    private void Forget(ulong node, ulong count) => Assert.Empty(_kernel.Exchange(Message(Opcode.Forget, node, BitConverter.GetBytes(count))));

    private void Make(Opcode opcode)
    {
        var name = Kernel.Name("a");
        var reply = opcode switch
        {
            Opcode.MakeNode => _kernel.Ask(opcode, 1, new MakeNodeRequest(0x81A4, 0, 0, 0), name),
            Opcode.MakeDirectory => _kernel.Ask(opcode, 1, new MakeDirectoryRequest(0x1ED, 0), name),
            Opcode.Link => _kernel.Ask(opcode, 1, new LinkRequest(7), name),
            Opcode.TemporaryFile => _kernel.Ask(opcode, 1, new CreateRequest { Mode = 0x81A4 }, name),
            _ => _kernel.Ask(opcode, 1, [.. name, .. name]),
        };
        Assert.Equal(Errno.None, reply.Error);
    }

    private (ulong Directory, ulong File) AddListed()
    {
        var directory = _tree.Readable.AddDirectory("directory").Value;
        var file = _tree.Readable.AddFile("file", "x").Value;
        _tree.Describes = _tree.Readable.GetAttributes;
        return (directory, file);
    }

    /// <summary>Looks a file up after a listing without attributes, so that the next listing includes those of files.</summary>
    private void ListWithAttributes()
    {
        _kernel.Ask(Opcode.ReadDirectoryPlus, 1, new ReadRequest { Size = 0 });
        _kernel.Lookup(1, "file");
        _kernel.Ask(Opcode.ReadDirectoryPlus, 1, new ReadRequest { Size = 4096 });
    }
}
