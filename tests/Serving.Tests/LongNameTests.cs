using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Tests;

/// <summary>The kernel passes on names longer than any local file system supports, and FUSE does not refuse them.</summary>
public sealed class LongNameTests : IDisposable
{
    private static readonly byte[] Longest = Kernel.Name(new string('n', 255));
    private static readonly byte[] TooLong = Kernel.Name(new string('n', 256));
    private readonly RecordingTree _tree = new();

    public static TheoryData<Opcode> WithName =>
    [
        Opcode.Lookup, Opcode.MakeNode, Opcode.MakeDirectory, Opcode.Symlink, Opcode.Link, Opcode.Unlink, Opcode.RemoveDirectory, Opcode.Rename,
        Opcode.Rename2,
    ];

    public void Dispose() => _tree.Dispose();

    [Theory]
    [MemberData(nameof(WithName))]
    public void A_name_of_256_bytes_is_ENAMETOOLONG_in_every_request(Opcode opcode)
    {
        Assert.Equal(Errno.None, Ask(opcode, Longest, Longest));
        _tree.Asked.Clear();
        Assert.Equal(Errno.ENAMETOOLONG, Ask(opcode, TooLong, Longest));
        if (opcode is Opcode.Rename or Opcode.Rename2)
        {
            Assert.Equal(Errno.ENAMETOOLONG, Ask(opcode, Longest, TooLong));
        }

        Assert.Empty(_tree.Asked);
    }

    private Errno Ask(Opcode opcode, byte[] name, byte[] second)
    {
        var head = opcode switch
        {
            Opcode.MakeNode => [0xA4, 0x81, .. new byte[14]],
            Opcode.MakeDirectory or Opcode.Link or Opcode.Rename => new byte[8],
            Opcode.Rename2 => new byte[16],
            _ => [],
        };
        byte[] tail = opcode is Opcode.Rename or Opcode.Rename2 or Opcode.Symlink ? second : [];
        return new Kernel(_tree).Ask(opcode, 1, [.. head, .. name, .. tail]).Error;
    }
}
