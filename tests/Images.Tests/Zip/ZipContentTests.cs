using System.IO.Compression;
using System.Text;
using CondaFuse.Images.Blocks;
using CondaFuse.Images.Zip;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Content of every method, read at any position by several threads.</summary>
public sealed class ZipContentTests : IDisposable
{
    private const int Seed = 7;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0, 5_000_000)]
    [InlineData(8, 100)]
    [InlineData(8, 131_072)]
    [InlineData(8, 1_500_000)]
    [InlineData(8, 12_000_000)]
    [InlineData(12, 5_000_000)]
    [InlineData(93, 5_000_000)]
    [InlineData(95, 5_000_000)]
    public void Any_piece_of_an_entry_has_the_right_content(ushort method, int length)
    {
        var plain = Plain(length);
        File.WriteAllBytes(
            _scratch["a.zip"], ZipForge.Write([new("x") { Method = method, Stored = Compress(method, plain, _scratch), Plain = plain }]));
        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.True(tree.TryLookup(NodeId.Root, "x"u8, out var file));
        Parallel.For(0, 4, thread =>
        {
            var random = new Random(Seed + thread);
            var room = new byte[400_000];
            for (var i = 0; i < 25; i++)
            {
                var offset = random.Next(length + 10);
                var wanted = random.Next(room.Length);
                var read = tree.Read(file.Node, offset, room.AsSpan(0, wanted));
                Assert.Equal(Math.Clamp(length - offset, 0, wanted), read);
                Assert.True(plain.AsSpan(Math.Min(offset, length), read).SequenceEqual(room.AsSpan(0, read)), $"{offset} + {wanted}");
            }
        });
        Assert.True(Verifier.Verify(_scratch["a.zip"], 1).IsSound);
    }

    [Fact]
    public void A_random_read_of_a_long_entry_does_not_start_at_its_beginning()
    {
        var plain = Plain(30_000_000);
        var stored = Compress(8, plain, _scratch);
        using var file = new CountedFile(ZipForge.Write([new("x") { Method = 8, Stored = stored, Plain = plain }]));
        using var tree = ZipTree.Open(new ImageFile(file, "counted"));
        Assert.True(tree.TryLookup(NodeId.Root, "x"u8, out var entry));
        var room = new byte[131_072];
        tree.Read(entry.Node, plain.Length - 1, room);
        Assert.InRange(file.BytesRead, stored.Length, stored.Length * 3L);

        const int reads = 50;
        var random = new Random(Seed);
        file.BytesRead = 0;
        for (var i = 0; i < reads; i++)
        {
            var offset = random.Next(plain.Length);
            var read = tree.Read(entry.Node, offset, room.AsSpan(0, 1000));
            Assert.True(plain.AsSpan(offset, read).SequenceEqual(room.AsSpan(0, read)));
        }

        // At most a MiB before the position, and one chunk more; each chunk may read its input twice.
        var mostEach = stored.Length * ((1 << 20) + (128 << 10)) / (double)plain.Length;
        Assert.InRange(file.BytesRead / (double)reads, 0, (2 * mostEach) + (10 * 65536));
        Assert.True(file.BytesRead / reads < stored.Length / 4);
    }

    /// <summary>Compresses with another tool or library.</summary>
    internal static byte[] Compress(ushort method, byte[] plain, Scratch scratch)
    {
        switch (method)
        {
            case 0:
                return plain;
            case 8:
                using (var output = new MemoryStream())
                {
                    using (var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true))
                    {
                        deflate.Write(plain);
                    }

                    return output.ToArray();
                }

            default:
                var tool = method switch { 12 => "bzip2", 93 => "zstd", _ => "xz" };
                File.WriteAllBytes(scratch["plain"], plain);
                Tool.Shell($"{tool} -q -c < '{scratch["plain"]}' > '{scratch["stored"]}'");
                return File.ReadAllBytes(scratch["stored"]);
        }
    }

    /// <summary>Compresses to about a third, without repeating itself.</summary>
    private static byte[] Plain(int length)
    {
        var random = new Random(Seed);
        var text = new StringBuilder(length + 50);
        while (text.Length < length)
        {
            text.Append(random.Next()).Append(" some words between, ");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }
}
