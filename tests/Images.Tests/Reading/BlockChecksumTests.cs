using System.Buffers.Binary;
using CondaFuse.Images.Blocks;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests.Reading;

/// <summary>Blocks are compared with their checksums when they are read from the file, and only then.</summary>
public sealed class BlockChecksumTests : IDisposable
{
    private const int Seed = 4711;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("none")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void A_flipped_bit_is_a_checksum_fault_and_no_garbage(string codec)
    {
        var sound = File.ReadAllBytes(Pack(codec));
        var expected = Contents(sound, out _);
        var random = new Random(Seed);
        var end = DataEnd(sound);
        for (var round = 0; round < 60; round++)
        {
            var image = sound.ToArray();
            image[random.Next(120, end)] ^= (byte)(1 << random.Next(8));
            var found = Contents(image, out var faults);
            Assert.All(found, file => Assert.Equal(expected[file.Key], file.Value));
            Assert.NotEmpty(faults);
            Assert.All(faults, fault => Assert.Equal(ImageFault.Checksum, fault));
        }
    }

    [Fact]
    public void Blocks_of_every_generation_are_compared()
    {
        var image = Pack("none");
        for (var round = 1; round <= 3; round++)
        {
            var start = new FileInfo(image).Length;
            var model = CommitTests.ModelOf(image);
            new RandomEdits(round).Apply(model, 40);
            CommitTests.Commit(image, model, new Timestamp(round));
            Assert.Empty(Verifier.Verify(image, 2).Findings);
            var bytes = File.ReadAllBytes(image);
            Contents(bytes, out var none);
            Assert.Empty(none);
            foreach (var place in (long[])[DataEnd(File.ReadAllBytes(_scratch["first"])) - 1, start])
            {
                var hurt = bytes.ToArray();
                hurt[place] ^= 1;
                Contents(hurt, out var faults);
                Assert.Contains(ImageFault.Checksum, faults);
            }
        }
    }

    [Fact]
    public void A_block_is_read_once_and_a_cached_one_not_at_all()
    {
        var source = new MemoryTree();
        var random = new Random(Seed);
        var content = new byte[20 << 17];
        random.NextBytes(content);
        source.AddFile("f", content);
        SquashFsWriter.Write(source, _scratch["image"], new PackOptions { Threads = 1, BlockSize = 1 << 17 });
        using var file = new CountedFile(File.ReadAllBytes(_scratch["image"]));
        using var tree = SquashFsTree.Open(new ImageFile(file, "counted"));
        Assert.True(tree.TryLookup(NodeId.Root, "f"u8, out var found));
        var room = new byte[4096];
        tree.Read(found.Node, 0, room); // the tables are cached now
        file.Reads = 0;
        for (var block = 1; block < 20; block++)
        {
            for (var part = 0; part < 32; part++)
            {
                tree.Read(found.Node, (block << 17) + (part << 12), room);
            }

            Assert.Equal(block, file.Reads);
        }
    }

    /// <summary>Hashes of all readable files, by inode number, and the faults of the others.</summary>
    private Dictionary<ulong, string> Contents(byte[] image, out List<ImageFault> faults)
    {
        File.WriteAllBytes(_scratch["read"], image);
        using var tree = SquashFsTree.Open(_scratch["read"]);
        var found = new Dictionary<ulong, string>();
        faults = [];
        for (ulong number = 1; number <= tree.HighestInode; number++)
        {
            if (!tree.TryFindInode(number, out var node) || tree.GetAttributes(node) is not { Kind: EntryKind.File } attributes)
            {
                continue;
            }

            try
            {
                var content = new byte[attributes.Size];
                for (var at = 0; at < content.Length;)
                {
                    at += tree.Read(node, at, content.AsSpan(at, Math.Min(50_000, content.Length - at)));
                }

                found.Add(number, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content)));
            }
            catch (ImageException exception)
            {
                faults.Add(exception.Fault);
            }
        }

        return found;
    }

    /// <summary>The end of the first generation's data, where its private tables start.</summary>
    private static int DataEnd(byte[] image)
    {
        var inodes = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(64));
        var record = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(inodes - 64 + 16));
        return BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(record + 176));
    }

    private string Pack(string codec)
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell($"cd '{source}' && seq 1 200000 > numbers && head -c 300000 /dev/urandom > noise");
        Tool.Shell($"cd '{source}' && for i in $(seq 50); do seq $i 1000 > small$i; done");
        CommitTests.Pack(source, _scratch["first"], codec, 65536);
        Tool.Run("cp", _scratch["first"], _scratch["image"]);
        return _scratch["image"];
    }
}
