using System.Runtime.CompilerServices;
using CondaFuse.Changes.Journal;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Journal;

public sealed class FormatTests
{
    private static readonly Timestamp Time = new(1_700_000_000, 999_999_999);

    [Fact]
    public void Structures_have_the_sizes_of_the_format()
    {
        Assert.Equal(128, Unsafe.SizeOf<RawSegmentHeader>());
        Assert.Equal(64, Unsafe.SizeOf<RawDataHeader>());
    }

    [Fact]
    public void A_segment_begins_with_the_bytes_of_the_format()
    {
        var bytes = new SegmentHeader
        {
            Segment = new Guid("04030201-0605-0807-090a-0b0c0d0e0f10"),
            Image = new Guid("14131211-1615-1817-191a-1b1c1d1e1f20"),
            Generation = 0x21,
            Parent = new Guid("34333231-3635-3837-393a-3b3c3d3e3f40"),
            ParentLength = 0x41,
            ParentChecksum = 0x42,
            Replaces = 0x43,
            FirstInode = 0x44,
            Begun = new Timestamp(0x45, 0x46),
        }.ToBytes(out _);
        Assert.Equal(
            "436F6E6461466A1A" + "0100" + "0000" + "04030201"
            + "0102030405060708090A0B0C0D0E0F10" + "1112131415161718191A1B1C1D1E1F20" + "2100000000000000" + "3132333435363738393A3B3C3D3E3F40"
            + "43000000" + "00000000" + "4400000000000000" + "4500000000000000" + "46000000"
            + "4100000000000000" + "42000000" + "000000000000000000000000",
            Convert.ToHexString(bytes.AsSpan(0, 124)));
        Assert.Equal("436F6E646146641A", Convert.ToHexString(DataHeader.ToBytes(Guid.NewGuid()).AsSpan(0, 8)));
    }

    [Fact]
    public void A_record_has_the_bytes_of_the_format()
    {
        var room = new byte[JournalFormat.MaxFields];
        var length = ChangeCodec.Encode(
            new Change
            {
                Kind = ChangeKind.Write, Time = new Timestamp(-1, 300), Node = 200, ClearSetId = true, Offset = 1, Length = 2, DataOffset = 1064,
                DataChecksum = 0x04030201,
            },
            1000,
            room);
        Assert.Equal("01" + "AC02" + "C801" + "01" + "01" + "02" + "40" + "01020304", Convert.ToHexString(room.AsSpan(0, length)));
    }

    public static TheoryData<string> Kinds => [.. Samples().Select(sample => sample.Kind.ToString()).Distinct()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_is_read_as_it_was_written(string kind)
    {
        foreach (var sample in Samples().Where(sample => sample.Kind.ToString() == kind))
        {
            var room = new byte[JournalFormat.MaxFields];
            var length = ChangeCodec.Encode(sample.Open(), 5000, room);
            Assert.True(ChangeCodec.TryDecode(sample.Kind, room.AsSpan(0, length), 5000, out var change));
            Assert.Equivalent(sample, new KeptChange(change), strict: true);
        }
    }

    [Fact]
    public void Every_kind_has_a_sample_here() =>
        Assert.Equal(Enum.GetValues<ChangeKind>().Order(), Samples().Select(sample => sample.Kind).Distinct().Order());

    [Fact]
    public void Truncated_or_too_long_fields_are_invalid()
    {
        foreach (var sample in Samples())
        {
            var room = new byte[JournalFormat.MaxFields];
            var length = ChangeCodec.Encode(sample.Open(), 0, room);
            for (var cut = 0; cut < Math.Min(length, 100); cut++)
            {
                Assert.False(ChangeCodec.TryDecode(sample.Kind, room.AsSpan(0, cut), 0, out _), $"{sample.Kind} cut at {cut} of {length}");
            }

            Assert.False(ChangeCodec.TryDecode(sample.Kind, room.AsSpan(0, length + 1), 0, out _), $"{sample.Kind} with a byte more");
        }
    }

    [Theory]
    [InlineData(ChangeKind.Forget, "FFFFFFFFFFFFFFFFFF02")] // a number of more than 64 bits
    [InlineData(ChangeKind.Forget, "8080808080808080808000")] // a number of more than ten bytes
    [InlineData(ChangeKind.Synced, "FFFFFFFFFFFFFFFFFF0100")] // an offset of more than 63 bits
    [InlineData(ChangeKind.Remove, "0000" + "05" + "022E2E")] // the name ".."
    [InlineData(ChangeKind.Remove, "0000" + "05" + "03612F62")] // a name with a slash
    [InlineData(ChangeKind.Remove, "0000" + "05" + "00")] // no name
    [InlineData(ChangeKind.Remove, "00" + "80948EDC0305" + "05" + "0161")] // a second of more than 999 999 999 nanoseconds
    [InlineData(ChangeKind.Clear, "0000" + "05" + "02" + "0000")] // an undefined flag
    [InlineData(ChangeKind.Clear, "0000" + "05" + "00" + "FFFFFFFFFFFFFFFF7F" + "01")] // a range beyond the last byte
    [InlineData(ChangeKind.SetAttributes, "0000" + "05" + "00" + "40")] // an undefined field
    [InlineData((ChangeKind)0, "0000")]
    [InlineData((ChangeKind)17, "0000")]
    public void Fields_with_impossible_values_are_invalid(ChangeKind kind, string fields) =>
        Assert.False(ChangeCodec.TryDecode(kind, Convert.FromHexString(fields), 0, out _));

    internal static IEnumerable<KeptChange> Samples()
    {
        var name = "name\xFF"u8.ToArray();
        var longest = Enumerable.Repeat((byte)'x', EntryName.MaxLength).ToArray();
        yield return new KeptChange
        {
            Kind = ChangeKind.Create,
            Time = Time,
            Node = ulong.MaxValue,
            Directory = 1,
            Name = name,
            Permissions = 0xFFF,
            UserId = uint.MaxValue,
            GroupId = 3,
        };
        yield return new KeptChange
        {
            Kind = ChangeKind.Create,
            Time = Time,
            Node = 7,
            Directory = 1,
            Name = longest,
            EntryKind = EntryKind.Symlink,
            Value = new byte[4095],
        };
        yield return new KeptChange
        {
            Kind = ChangeKind.Create,
            Time = Time,
            Node = 7,
            Directory = 1,
            Name = name,
            EntryKind = EntryKind.BlockDevice,
            DeviceMajor = uint.MaxValue,
            DeviceMinor = 4,
        };
        yield return new KeptChange { Kind = ChangeKind.CreateUnnamed, Time = Time, Node = 7, Permissions = 0x180, UserId = 1, GroupId = 2 };
        yield return new KeptChange { Kind = ChangeKind.CreateUnnamed, Time = Time, Node = 7, EntryKind = EntryKind.Symlink, Value = new byte[5] };
        yield return new KeptChange { Kind = ChangeKind.Link, Time = Time, Node = 7, Directory = 300, Name = name };
        yield return new KeptChange { Kind = ChangeKind.Remove, Time = Time, Directory = 1, Name = name };
        yield return new KeptChange { Kind = ChangeKind.Rename, Time = Time, Directory = 1, Name = name, Directory2 = 2, Name2 = longest };
        yield return new KeptChange { Kind = ChangeKind.Exchange, Time = Time, Directory = 1, Name = name, Directory2 = 2, Name2 = longest };
        yield return new KeptChange { Kind = ChangeKind.SetAttributes, Time = Time, Node = 7, ClearSetId = true };
        yield return new KeptChange
        {
            Kind = ChangeKind.SetAttributes, Time = Time, Node = 7, Fields = ChangeCodec.AllFields, Permissions = 1, UserId = 2, GroupId = 3,
            Size = long.MaxValue,
            Accessed = new Timestamp(long.MinValue, 1), Modified = new Timestamp(long.MaxValue, 2),
        };
        yield return new KeptChange
        {
            Kind = ChangeKind.Write,
            Time = Time,
            Node = 7,
            Offset = 1L << 40,
            Length = 5,
            DataOffset = 5064,
            DataChecksum = 0xFFFFFFFF,
        };
        yield return new KeptChange { Kind = ChangeKind.Clear, Time = Time, Node = 7, ClearSetId = true, Offset = 1, Length = 1L << 40 };
        yield return new KeptChange { Kind = ChangeKind.Copy, Time = Time, Node = 7, Offset = 1, Node2 = 8, Offset2 = 1L << 33, Length = 4096 };
        yield return new KeptChange { Kind = ChangeKind.Collapse, Time = Time, Node = 7, Offset = 4096, Length = 4096 };
        yield return new KeptChange { Kind = ChangeKind.Insert, Time = Time, Node = 7, Offset = 4096, Length = 4096 };
        yield return new KeptChange { Kind = ChangeKind.SetXattr, Time = Time, Node = 7, Name = longest, Value = new byte[JournalFormat.MaxValue] };
        yield return new KeptChange { Kind = ChangeKind.SetXattr, Time = Time, Node = 7, Name = "user.empty"u8.ToArray() };
        yield return new KeptChange { Kind = ChangeKind.RemoveXattr, Time = Time, Node = 7, Name = name };
        yield return new KeptChange { Kind = ChangeKind.Synced, DataOffset = 5064, Offset = 128 };
        yield return new KeptChange { Kind = ChangeKind.Forget, Node = 7 };
    }
}
