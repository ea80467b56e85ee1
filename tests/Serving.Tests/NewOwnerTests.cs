using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>The owners of new entries, and how owners are shown.</summary>
public sealed class NewOwnerTests : IDisposable
{
    private readonly RecordingTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void On_root_s_mount_they_are_the_caller_s()
    {
        new Kernel(_tree) { Caller = new Owner(1000, 1001) }.Ask(Opcode.MakeNode, 1, new MakeNodeRequest(0x81A4, 0, 0, 0), Kernel.Name("a"));
        Assert.Equal(["create 1 a File 644 1000:1001"], _tree.Asked);
    }

    [Theory]
    [InlineData(500u, 77u, "500:77")]
    [InlineData(0u, 0u, "500:501")]
    public void On_a_user_s_mount_they_are_that_user_s_with_one_of_the_user_s_own_groups(uint user, uint group, string owner)
    {
        var kernel = new Kernel(_tree, new ServingOptions { OwnerOverride = new Owner(500, 501) }) { Caller = new Owner(user, group) };
        kernel.Ask(Opcode.MakeNode, 1, new MakeNodeRequest(0x81A4, 0, 0, 0), Kernel.Name("a"));
        Assert.Equal([$"create 1 a File 644 {owner}"], _tree.Asked);
    }

    [Theory]
    [InlineData(false, 500u, 501u)]
    [InlineData(true, 8u, 9u)]
    public void An_owner_that_was_set_is_shown_as_it_is_and_others_as_the_user(bool wasSet, uint user, uint group)
    {
        _tree.Told = _tree.Told with { UserId = 8, GroupId = 9, OwnerWasSet = wasSet };
        var reply = new Kernel(_tree, new ServingOptions { OwnerOverride = new Owner(500, 501) })
            .Ask(Opcode.GetAttributes, 7, new byte[16]).As<AttributesReply>().Attributes;
        Assert.Equal((user, group), (reply.UserId, reply.GroupId));
    }

    [Theory]
    [InlineData(1000u, 0x9EDu, true)]
    [InlineData(1000u, 0x1EDu, false)]
    [InlineData(0u, 0x9EDu, false)]
    public void Allocating_and_copying_clear_set_id_bits_that_an_ordinary_user_may_not_keep(uint user, uint mode, bool clears)
    {
        _tree.Told = _tree.Told with { Permissions = (ushort)mode };
        var kernel = new Kernel(_tree) { Caller = new Owner(user, user) };
        kernel.Ask(Opcode.Allocate, 7, new AllocateRequest { Length = 1 });
        kernel.Ask(Opcode.CopyRange, 8, new CopyRangeRequest { TargetNode = 7, Length = 1 });
        Assert.Equal(clears ? 2 : 0, _tree.Asked.Count(asked => asked == "set 7 clearing"));
    }

    [Fact]
    public void A_directory_has_the_same_size_whatever_its_listing_takes()
    {
        foreach (var size in (long[])[3, 79, 100_000])
        {
            _tree.Told = _tree.Told with { Kind = EntryKind.Directory, Size = size };
            var reply = new Kernel(_tree).Ask(Opcode.GetAttributes, 7, new byte[16]).As<AttributesReply>().Attributes;
            Assert.Equal((4096ul, 8ul), (reply.Size, reply.Blocks));
        }
    }

    [Fact]
    public void Bytes_taken_are_those_that_the_tree_knows_of()
    {
        _tree.Told = _tree.Told with { Size = 1 << 20, AllocatedBytes = 4096 };
        Assert.Equal(8ul, new Kernel(_tree).Ask(Opcode.GetAttributes, 7, new byte[16]).As<AttributesReply>().Attributes.Blocks);
    }
}
