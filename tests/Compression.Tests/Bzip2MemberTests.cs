using CondaFuse.Images.Tests;
using ICSharpCode.SharpZipLib.BZip2;

namespace CondaFuse.Compression.Tests;

public sealed class Bzip2MemberTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string> Decoders => new("bzip2", "python3", "7z", "SharpZipLib");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Other_tools_read_the_output(string decoder) =>
        Decode(decoder, [.. Contents().Select(content => (content.Name, Compressed(content.Data, 1 + (content.Data.Length % 9)), content.Data))]);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void Blocks_are_filled_to_their_end(int level)
    {
        // A run that is cut at the end of a block, and one that ends there.
        var members = new List<(string, byte[], byte[])>();
        for (var less = 10; less < 30; less++)
        {
            var data = (byte[])[.. Samples.Noise((level * 100_000) - less), .. new byte[20], .. Samples.Text(3000)];
            members.Add(($"{less}", Compressed(data, level), data));
        }

        Decode("bzip2", members);
    }

    [Fact]
    public void Concatenated_members_are_one_file()
    {
        var (first, second) = (Samples.Text(300_000), Samples.Noise(5000));
        Decode("bzip2", "two", [.. Compressed(first, 1), .. Compressed(second, 1)], [.. first, .. second]);
    }

    [Fact]
    public void The_output_depends_only_on_the_input()
    {
        var used = new Bzip2MemberCompressor(2);
        var room = new byte[MemberCompressors.Room(500_000)];
        foreach (var (_, data) in Contents().Where(content => content.Data.Length < 500_000))
        {
            var length = used.Compress(data, room);
            Assert.Equal(Compressed(data, 2), room[..length]);
        }
    }

    [Fact]
    public void Output_that_does_not_fit_is_reported()
    {
        var data = Samples.Noise(10_000);
        var whole = Compressed(data, 1);
        using var compressor = new Bzip2MemberCompressor(1);
        for (var room = 0; room < whole.Length; room += 97)
        {
            Assert.Equal(0, compressor.Compress(data, new byte[room]));
        }

        Assert.Equal(whole.Length, compressor.Compress(data, new byte[whole.Length]));
    }

    private static byte[] Compressed(byte[] data, int level)
    {
        using var compressor = new Bzip2MemberCompressor(level);
        var room = new byte[MemberCompressors.Room(data.Length)];
        var length = compressor.Compress(data, room);
        Assert.InRange(length, 1, room.Length);
        return room[..length];
    }

    private static IEnumerable<(string Name, byte[] Data)> Contents()
    {
        yield return ("nothing", []);
        for (var length = 1; length <= 8; length++)
        {
            yield return ($"{length} equal", [.. Enumerable.Repeat((byte)7, length)]);
        }

        foreach (var length in new[] { 254, 255, 256, 259, 260, 100_000 })
        {
            yield return ($"a run of {length}", new byte[length]);
        }

        yield return ("one letter that looks like a count", [.. Enumerable.Repeat((byte)251, 255)]);
        yield return ("every letter", [.. Enumerable.Range(0, 256).Select(letter => (byte)letter)]);
        yield return ("every letter, from the end", [.. Enumerable.Range(0, 256).Select(letter => (byte)(255 - letter))]);
        yield return ("text", Samples.Text(950_000));
        yield return ("noise", Samples.Noise(230_001));
        yield return ("two letters", [.. Samples.Noise(120_003).Select(letter => (byte)(letter & 1))]);
        foreach (var repetitive in Repetitive(120_000))
        {
            yield return repetitive;
        }

        var random = new Random(11);
        for (var round = 0; round < 40; round++)
        {
            var data = new byte[random.Next(1, 4000)];
            for (var i = 0; i < data.Length;)
            {
                var letter = (byte)random.Next(1 << random.Next(9));
                for (var run = random.Next(1, 1 << random.Next(10)); run > 0 && i < data.Length; run--)
                {
                    data[i++] = letter;
                }
            }

            yield return ($"runs {round}", data);
        }
    }

    private static IEnumerable<(string Name, byte[] Data)> Repetitive(int length)
    {
        foreach (var unit in new[] { "ab", "aab", "abcabd", "aaaab", "\0\0\0\u0001", "the quick brown fox jumps over the lazy dog. " })
        {
            yield return ($"'{unit}' again and again", [.. Enumerable.Range(0, length).Select(i => (byte)unit[i % unit.Length])]);
        }

        var noise = Samples.Noise(3001);
        yield return ("noise again and again", [.. Enumerable.Range(0, length).Select(i => noise[i % noise.Length])]);
        var words = new List<byte> { 1, 0 };
        for (var last = 1; words.Count < length;)
        {
            var count = words.Count;
            words.AddRange(words[..last]);
            last = count;
        }

        yield return ("Fibonacci's word", [.. words.Take(length)]);
    }

    private void Decode(string decoder, string name, byte[] compressed, byte[] expected) => Decode(decoder, [(name, compressed, expected)]);

    /// <summary>Starts one process for all members, because starting one takes longer than decoding most of them.</summary>
    private void Decode(string decoder, List<(string Name, byte[] Compressed, byte[] Expected)> members)
    {
        var folder = _scratch.MakeDirectory("members");
        foreach (var (number, member) in members.Index())
        {
            File.WriteAllBytes(Path.Combine(folder, $"{number}.bz2"), member.Compressed);
        }

        if (decoder != "SharpZipLib")
        {
            var each = decoder == "7z" ? "7z x -so -tbzip2" : "bzip2 -dc";
            Tool.Shell($"cd '{folder}'; " + (decoder == "python3"
                ? "python3 -c 'import bz2, glob; [open(m[:-4], \"wb\").write(bz2.decompress(open(m, \"rb\").read())) for m in glob.glob(\"*.bz2\")]'"
                : $"for member in *.bz2; do {each} $member >${{member%.bz2}} || exit; done"));
        }

        foreach (var (number, member) in members.Index())
        {
            var decoded = decoder == "SharpZipLib" ? DecodedHere(member.Compressed) : File.ReadAllBytes(Path.Combine(folder, $"{number}"));
            Assert.True(decoded.AsSpan().SequenceEqual(member.Expected), $"{decoder}: {member.Name}");
        }
    }

    private static byte[] DecodedHere(byte[] compressed)
    {
        using var input = new BZip2InputStream(new MemoryStream(compressed));
        using var output = new MemoryStream();
        input.CopyTo(output);
        return output.ToArray();
    }
}
