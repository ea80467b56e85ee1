using System.Buffers.Binary;
using System.Globalization;
using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Damaged and forged images cause typed failures or results, never a crash, a hang or unlimited memory use.</summary>
public sealed class HostileImageTests : IDisposable
{
    private const int Seed = 20260817;
    private const int Rounds = 2500;

    /// <summary>Far more than the caches and buffers of one reader; far less than a forged count could request.</summary>
    private const long MaxAllocated = 64 << 20;

    private static readonly TimeSpan LongestVariant = TimeSpan.FromSeconds(10);

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_field_of_the_superblock_at_its_limits()
    {
        var exercise = new TreeExercise();
        foreach (var image in Bases())
        {
            for (var offset = 0; offset < 96; offset += offset is >= 20 and < 32 ? 2 : offset < 20 ? 4 : 8)
            {
                var width = offset is >= 20 and < 32 ? 2 : offset < 20 ? 4 : 8;
                foreach (var value in Limits(image, offset, width))
                {
                    Exercise(exercise, With(image, offset, width, value), $"superblock offset {offset} = {value}");
                }
            }
        }

        foreach (var fault in (ReadOnlySpan<ImageFault>)
            [
                ImageFault.NotAnImage,
                ImageFault.Version,
                ImageFault.Compressor,
                ImageFault.BlockSize,
                ImageFault.InodeCount,
                ImageFault.IdCount,
                ImageFault.TablePlace,
                ImageFault.BytesUsed,
            ])
        {
            Assert.True(exercise.Faults.ContainsKey(fault.ToString()), $"{fault} never happened");
        }
    }

    [Fact]
    public void Truncated_anywhere()
    {
        var exercise = new TreeExercise();
        foreach (var image in Bases())
        {
            for (var i = 0; i < 60; i++)
            {
                Exercise(exercise, image[..(image.Length * i / 60)], $"cut to {image.Length * i / 60} of {image.Length}");
            }
        }

        Assert.True(exercise.Faults.ContainsKey(nameof(ImageFault.BytesUsed)));
    }

    [Fact]
    public void Random_hits_anywhere()
    {
        var rounds = int.Parse(
            Environment.GetEnvironmentVariable("CONDAFUSE_FUZZ_ROUNDS") ?? Rounds.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
        var random = new Random(Seed);
        var bases = Bases();
        var exercise = new TreeExercise();
        for (var round = 0; round < rounds; round++)
        {
            var image = bases[round % bases.Count].ToArray();
            var tables = (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(64));
            var hits = 1 + random.Next(4);
            for (var hit = 0; hit < hits; hit++)
            {
                // Most of the hits are in the structure: private record, inodes and the following tables.
                var offset = random.Next(8) == 0
                    ? 96 + random.Next(image.Length - 96)
                    : Math.Max(96, tables - 700) + random.Next(Math.Max(1, image.Length - tables + 600));
                image[Math.Min(offset, image.Length - 1)] = random.Next(4) switch
                {
                    0 => 0,
                    1 => 0xFF,
                    2 => (byte)(image[Math.Min(offset, image.Length - 1)] ^ (1 << random.Next(8))),
                    _ => (byte)random.Next(256),
                };
            }

            Exercise(exercise, image, $"round {round}");
        }

        Assert.True(exercise.Faults.Count >= 12, string.Join(' ', exercise.Faults));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData(".")]
    public void A_name_that_leads_elsewhere_is_refused_and_nothing_is_written_there(string name)
    {
        var source = _scratch.MakeDirectory("source");
        var placeholder = new string('q', name.Length);
        File.WriteAllText(Path.Combine(source, placeholder), "evil");
        var image = Pack(source, Codecs.None, 0);
        Replace(image, placeholder, name);
        File.WriteAllBytes(_scratch["image"], image);

        using var tree = SquashFsTree.Open(_scratch["image"]);
        var exception = Assert.Throws<CondaFuse.Tree.TreeException>(
            () => Extractor.Extract(tree, _scratch["out"], new ExtractOptions { Threads = 2, KeepOwners = false }));
        Assert.Equal(ImageFault.EntryName, Assert.IsType<ImageException>(exception.InnerException ?? exception).Fault);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch["out"]));
    }

    private static void Replace(byte[] image, string old, string name)
    {
        var at = image.AsSpan().LastIndexOf(System.Text.Encoding.Latin1.GetBytes(old));
        Assert.True(at > 0);
        System.Text.Encoding.Latin1.GetBytes(name).CopyTo(image.AsSpan(at));
    }

    private static IEnumerable<ulong> Limits(byte[] image, int offset, int width)
    {
        var now = width switch
        {
            2 => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(offset)),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(offset)),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(offset)),
        };
        var top = width == 8 ? ulong.MaxValue : (1ul << (8 * width)) - 1;
        return [
            0,
            1,
            now - 1,
            now + 1,
            now / 2,
            now * 2,
            (ulong)image.Length - 1,
            (ulong)image.Length,
            (ulong)image.Length + 1,
            top / 2,
            (top / 2) + 1,
            top - 1,
            top,
        ];
    }

    private static byte[] With(byte[] image, int offset, int width, ulong value)
    {
        var changed = image.ToArray();
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes[..width].CopyTo(changed.AsSpan(offset));
        return changed;
    }

    private void Exercise(TreeExercise exercise, byte[] image, string what)
    {
        File.WriteAllBytes(_scratch["hurt"], image);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadTime.Used();
        try
        {
            exercise.Run(_scratch["hurt"]);
        }
        catch (Exception exception)
        {
            File.WriteAllBytes(Path.Combine(Path.GetTempPath(), "condafuse-hostile.image"), image);
            throw new InvalidOperationException($"{what}: {exception.Message} (kept as condafuse-hostile.image)", exception);
        }

        var took = ThreadTime.Used() - start;
        Assert.True(took < LongestVariant, $"{what} took {took} of processor time");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MaxAllocated, $"{what} allocated {allocated} bytes");
    }

    /// <summary>Small images of all kinds, most with uncompressed metadata, so that hits are effective.</summary>
    private List<byte[]> Bases()
    {
        var source = _scratch["base"];
        if (!Directory.Exists(source))
        {
            Directory.CreateDirectory(source);
            Tool.Shell($$"""
                cd '{{source}}'
                mkdir -p a/b/c empty many
                printf hello > a/hello; seq 1 30000 > a/numbers; head -c 20000 /dev/zero > a/zeros; truncate -s 300000 a/sparse
                ln a/hello a/again; ln -s hello a/link; mkfifo a/fifo
                for i in $(seq 1 300); do : > "many/a-rather-long-name-of-an-entry-$i"; done
                setfattr -n user.one -v 1 a/hello; setfattr -n user.two -v "$(seq 1 500)" a/numbers
                touch -d '2020-01-02 03:04:05.678' a/hello
                mksquashfs . ../plain -noI -noD -noF -noX -noId -b 4096 -no-progress -quiet
                mksquashfs . ../fragments -noI -noX -noId -comp zstd -always-use-fragments -no-progress -quiet
                mksquashfs . ../packed -comp gzip -no-progress -quiet
                """);
        }

        return
        [
            File.ReadAllBytes(_scratch["plain"]), File.ReadAllBytes(_scratch["fragments"]), File.ReadAllBytes(_scratch["packed"]),
            Pack(source, Codecs.None, 0), Pack(source, Codecs.Zstd, 3), Pack(source, Codecs.Xz, 1), Pack(source, Codecs.Lz4, 1),
        ];
    }

    private byte[] Pack(string source, ICodec codec, int level)
    {
        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(
            tree, _scratch["packed-by-us"], new PackOptions
            {
                Threads = 2, Compressor = codec, Level = level, BlockSize = 4096, Message = "base", PrefixTable = (_, _) => new byte[20_000],
                FirstUses = [new UsedRange("a/b"u8.ToArray(), 0, 1)],
            });
        return File.ReadAllBytes(_scratch["packed-by-us"]);
    }
}
