using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

public sealed class ReadOnlyHandlersTests : IDisposable
{
    private readonly MemoryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void INIT_negotiates_no_opens_and_never_features_that_lose_data()
    {
        var kernel = new Kernel(_tree);
        var reply = kernel.Ask(Opcode.Init, 0, Words(7, 45, 0x20000, 0xFFFFFFFF, 0xFFFFFFFF)).As<InitReply>();
        var agreed = (Capabilities)(reply.Flags | ((ulong)reply.Flags2 << 32));
        Assert.Equal(kernel.Connection.Capabilities, agreed);
        Assert.True(agreed.HasFlag(Capabilities.NoOpen | Capabilities.NoOpenDirectory | Capabilities.ReadDirectoryPlus));
        Assert.Equal(Capabilities.None, agreed & (Capabilities.AtomicTruncate | Capabilities.WritebackCache | Capabilities.ReadDirectoryPlusAuto));
    }

    [Theory]
    [InlineData(Opcode.Open)]
    [InlineData(Opcode.OpenDirectory)]
    [InlineData(Opcode.Flush)]
    [InlineData(Opcode.Fsync)]
    [InlineData(Opcode.Access)]
    [InlineData(Opcode.Seek)]
    [InlineData(Opcode.Statx)]
    [InlineData(Opcode.GetXattr)]
    [InlineData(Opcode.ListXattr)]
    public void The_kernel_stops_asking(Opcode opcode)
    {
        var kernel = new Kernel(_tree);
        kernel.Ask(Opcode.Init, 0, Words(7, 45, 0x20000, 0xFFFFFFFF, 0xFFFFFFFF));
        Assert.Equal(Errno.ENOSYS, kernel.Ask(opcode, 1, new byte[64]).Error);
    }

    [Theory]
    [InlineData(Opcode.SetAttributes)]
    [InlineData(Opcode.Symlink)]
    [InlineData(Opcode.MakeNode)]
    [InlineData(Opcode.MakeDirectory)]
    [InlineData(Opcode.Unlink)]
    [InlineData(Opcode.RemoveDirectory)]
    [InlineData(Opcode.Rename)]
    [InlineData(Opcode.Rename2)]
    [InlineData(Opcode.Link)]
    [InlineData(Opcode.Write)]
    [InlineData(Opcode.SetXattr)]
    [InlineData(Opcode.RemoveXattr)]
    [InlineData(Opcode.Create)]
    [InlineData(Opcode.Allocate)]
    [InlineData(Opcode.CopyRange)]
    [InlineData(Opcode.TemporaryFile)]
    public void Changes_are_EROFS(Opcode opcode) =>
        Assert.Equal(Errno.EROFS, new Kernel(_tree).Ask(opcode, 1, new byte[64]).Error);

    [Fact]
    public void A_directory_asks_for_a_small_listing_buffer_and_a_file_for_transfers_of_a_block()
    {
        var directory = _tree.AddDirectory("d");
        var file = _tree.AddFile("f", "content");
        var kernel = new Kernel(_tree);
        Assert.Equal(4096u, kernel.Ask(Opcode.GetAttributes, directory.Value, new byte[16]).As<AttributesReply>().Attributes.BlockSize);
        Assert.Equal(
            (uint)_tree.Totals.BlockSize, kernel.Ask(Opcode.GetAttributes, file.Value, new byte[16]).As<AttributesReply>().Attributes.BlockSize);
        Assert.Equal(4096u, kernel.Lookup(1, "d").As<EntryReply>().Attributes.BlockSize);
    }

    [Theory]
    [InlineData(Opcode.Lookup)]
    [InlineData(Opcode.Read)]
    [InlineData(Opcode.ReadDirectory)]
    [InlineData(Opcode.ReadDirectoryPlus)]
    [InlineData(Opcode.GetXattr)]
    [InlineData(Opcode.ListXattr)]
    [InlineData(Opcode.Init)]
    public void A_body_that_is_too_short_is_EINVAL(Opcode opcode)
    {
        _tree.SetXattr(_tree.AddFile("f", "x"), "user.k", [1]);
        Assert.Equal(Errno.EINVAL, new Kernel(_tree).Ask(opcode, 1, new byte[] { 1, 2, 3 }).Error);
    }

    [Fact]
    public void A_name_of_255_bytes_is_looked_up_and_a_longer_one_is_ENAMETOOLONG()
    {
        var longest = new string('n', 255);
        _tree.AddFile(longest, "");
        var kernel = new Kernel(_tree);
        Assert.Equal(2ul, kernel.Lookup(1, longest).As<EntryReply>().NodeId);
        Assert.Equal(Errno.ENAMETOOLONG, kernel.Lookup(1, longest + "n").Error);
    }

    [Fact]
    public void Hard_links_are_one_node()
    {
        var file = _tree.AddFile("first", "x");
        _tree.AddLink("second", file);
        var kernel = new Kernel(_tree);
        var first = kernel.Lookup(1, "first").As<EntryReply>();
        Assert.Equal(first, kernel.Lookup(1, "second").As<EntryReply>());
        Assert.Equal(2u, first.Attributes.LinkCount);
    }

    [Fact]
    public void Owners_are_shown_as_they_are_or_as_the_mounting_user()
    {
        _tree.Change(_tree.AddFile("f", "x"), attributes => attributes with { UserId = 5, GroupId = 6 });
        var plain = new Kernel(_tree).Lookup(1, "f").As<EntryReply>().Attributes;
        Assert.Equal((5u, 6u), (plain.UserId, plain.GroupId));
        var overridden = new Kernel(_tree, new() { OwnerOverride = new(1000, 1001) });
        var shown = overridden.Lookup(1, "f").As<EntryReply>().Attributes;
        Assert.Equal((1000u, 1001u), (shown.UserId, shown.GroupId));
        Assert.Equal(1000u, overridden.Ask(Opcode.GetAttributes, 1, new byte[16]).As<AttributesReply>().Attributes.UserId);
    }

    [Theory]
    [InlineData(EntryKind.BlockDevice, 0x6000)]
    [InlineData(EntryKind.CharacterDevice, 0x2000)]
    [InlineData(EntryKind.Fifo, 0x1000)]
    [InlineData(EntryKind.Socket, 0xC000)]
    public void Special_files_have_their_type_and_device(EntryKind kind, uint type)
    {
        _tree.AddSpecial("special", kind, 259, 70_000);
        var attributes = new Kernel(_tree).Lookup(1, "special").As<EntryReply>().Attributes;
        Assert.Equal(type, attributes.Mode & 0xF000);
        Assert.Equal(DeviceNumber.Pack(259, 70_000), attributes.Device);
    }

    [Fact]
    public void Times_keep_their_nanoseconds_and_may_lie_before_1970()
    {
        _tree.Change(_tree.AddFile("f", "x"), attributes => attributes with { Modified = new(-5, 123), Changed = new(6, 7) });
        var attributes = new Kernel(_tree).Lookup(1, "f").As<EntryReply>().Attributes;
        Assert.Equal((-5L, 123u), (attributes.ModificationSeconds, attributes.ModificationNanoseconds));
        Assert.Equal((6L, 7u), (attributes.ChangeSeconds, attributes.ChangeNanoseconds));
    }

    [Fact]
    public void A_read_beyond_the_end_is_empty_and_one_larger_than_a_reply_is_EINVAL()
    {
        var file = _tree.AddFile("f", new byte[200_000]).Value;
        var kernel = new Kernel(_tree);
        Assert.Empty(kernel.Read(file, 200_000, 4096).Payload);
        Assert.Equal(200_000 - 131_072, kernel.Read(file, 131_072, 131_072).Payload.Length);
        Assert.Equal(Errno.EINVAL, kernel.Read(file, 0, 131_073).Error);
        Assert.Equal(Errno.EINVAL, kernel.Read(file, ulong.MaxValue, 10).Error);
    }

    [Fact]
    public void A_missing_attribute_is_ENODATA_and_a_small_buffer_ERANGE()
    {
        var file = _tree.AddFile("f", "x");
        _tree.SetXattr(file, "user.k", new byte[100]);
        var kernel = new Kernel(_tree);
        Assert.Equal(Errno.ENODATA, kernel.Ask(Opcode.GetXattr, file.Value, 100ul, Kernel.Name("user.other")).Error);
        Assert.Equal(Errno.ERANGE, kernel.Ask(Opcode.GetXattr, file.Value, 99ul, Kernel.Name("user.k")).Error);
        Assert.Equal(Errno.ERANGE, kernel.Ask(Opcode.ListXattr, file.Value, 3ul).Error);
    }

    private static byte[] Words(params uint[] words) => [.. words.SelectMany(BitConverter.GetBytes), .. new byte[64 - (4 * words.Length)]];
}
