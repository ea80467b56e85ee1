using System.Buffers.Binary;
using CondaFuse.Compression;
using CondaFuse.Images.Blocks;
using CondaFuse.Images.SquashFs.Reading;

namespace CondaFuse.Images.Tests.Reading;

public sealed class MetadataCursorTests : IDisposable
{
    private const int Full = 8192;

    private readonly List<IDisposable> _owned = [];

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    [Fact]
    public void Values_and_views_are_read_within_and_across_blocks()
    {
        var content = Bytes((2 * Full) + 100);
        var store = Stored(content, out var table, out _);
        var cursor = new MetadataCursor(store, table, 0, 0);
        try
        {
            Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(content), cursor.Read<uint>());
            cursor.Skip(Full - 6);
            Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(Full - 2)), cursor.Read<uint>());
            Assert.Equal(2, cursor.Offset);
            var room = new byte[50];
            Assert.True(cursor.Take(50, room).SequenceEqual(content.AsSpan(Full + 2, 50)));
            cursor.Skip(Full - 52 - 20);
            Assert.True(cursor.Take(50, room).SequenceEqual(content.AsSpan((2 * Full) - 20, 50)));
            var rest = new byte[70];
            cursor.Read(rest);
            Assert.True(rest.AsSpan().SequenceEqual(content.AsSpan((2 * Full) + 30)));
        }
        finally
        {
            cursor.Dispose();
        }
    }

    [Fact]
    public void Blocks_that_are_skipped_are_not_decompressed()
    {
        var content = Bytes(5 * Full);
        var store = Stored(content, out var table, out var file);
        var cursor = new MetadataCursor(store, table, 0, 0);
        try
        {
            file.BytesRead = 0;
            cursor.Skip((4 * Full) + 5);
            Assert.Equal(content[(4 * Full) + 5], cursor.Read<byte>());
            Assert.InRange(file.BytesRead, Full, Full + (5 * sizeof(ushort)));
        }
        finally
        {
            cursor.Dispose();
        }
    }

    [Theory]
    [InlineData(101, 0, ImageFault.MetadataOffset)]
    [InlineData(100, 1, ImageFault.MetadataPlace)]
    [InlineData(50, 51, ImageFault.MetadataPlace)]
    public void References_outside_a_block_or_the_table_are_faults(int offset, int length, ImageFault fault) =>
        Assert.Equal(fault, Assert.Throws<ImageException>(() => ReadAt(Bytes(100), offset, length)).Fault);

    [Theory]
    [InlineData(0x8000)]
    [InlineData(0xA001)]
    [InlineData(0x2001)]
    public void A_header_with_an_impossible_length_is_a_fault(int header)
    {
        var image = new byte[20_000];
        BinaryPrimitives.WriteUInt16LittleEndian(image, (ushort)header);
        var store = Store(new CountedFile(image));
        var refused = Assert.Throws<ImageException>(() => store.Get(new TableRange("test", 0, image.Length), 0).Dispose());
        Assert.Equal(ImageFault.MetadataLength, refused.Fault);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private void ReadAt(byte[] content, int offset, int length)
    {
        var store = Stored(content, out var table, out _);
        var cursor = new MetadataCursor(store, table, 0, offset);
        try
        {
            cursor.Read(new byte[length]);
        }
        finally
        {
            cursor.Dispose();
        }
    }

    /// <summary>A table of uncompressed blocks.</summary>
    private MetadataStore Stored(byte[] content, out TableRange table, out CountedFile file)
    {
        var image = new MemoryStream();
        foreach (var block in content.Chunk(Full))
        {
            image.Write([(byte)block.Length, (byte)((block.Length >> 8) | 0x80)]);
            image.Write(block);
        }

        file = new CountedFile(image.ToArray());
        table = new TableRange("test", 0, image.Length);
        return Store(file);
    }

    private MetadataStore Store(CountedFile file)
    {
        var benches = new WorkbenchPool(Codecs.Zstd, Full);
        var store = new MetadataStore(new ImageFile(file, "test"), benches, 4);
        _owned.AddRange([store, benches]);
        return store;
    }
}
