using System.Runtime.InteropServices;
using CondaFuse.Images.Tests;

namespace CondaFuse.Compression.Tests;

public sealed class XzMemberTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<int> Levels => [.. Enumerable.Range(0, 10)];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Levels))]
    public void Other_tools_read_members_of_machine_code_which_are_shorter_than_others(int level)
    {
        var code = Samples.Code(4 << 20);
        var plain = Compressed(MemberCompressors.Xz(level), code);
        var filtered = Compressed(MemberCompressors.XzOfCode(level), code);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            Assert.InRange(filtered.Length, 0, plain.Length);
        }

        File.WriteAllBytes(_scratch["code"], [.. code, .. code]);
        File.WriteAllBytes(_scratch["code.xz"], [.. plain, .. filtered]);
        foreach (var decoder in new[]
            {
                "xz -dc",
                "7z x -so -txz",
                "python3 -c 'import lzma, sys; sys.stdout.buffer.write(lzma.open(sys.argv[1]).read())'",
            })
        {
            Tool.Shell($"{decoder} '{_scratch["code.xz"]}' | cmp - '{_scratch["code"]}'");
        }
    }

    private static byte[] Compressed(IBlockCompressor compressor, byte[] data)
    {
        using (compressor)
        {
            var room = new byte[MemberCompressors.Room(data.Length)];
            var length = compressor.Compress(data, room);
            Assert.InRange(length, 1, room.Length);
            return room[..length];
        }
    }
}
