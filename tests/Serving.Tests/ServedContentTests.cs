using CondaFuse.Fuse.Wire;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Serving.Tests;

/// <summary>The kernel sees the content of a tree, in memory and in an image.</summary>
public sealed class ServedContentTests : IDisposable
{
    private readonly string _image = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly MemoryTree _source = SampleTree.Create();

    public void Dispose()
    {
        _source.Dispose();
        File.Delete(_image);
    }

    [Fact]
    public void An_image_is_served_as_the_tree_that_it_was_made_of()
    {
        using var packed = Pack();
        var expected = Describe(new Kernel(_source)).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, Describe(new Kernel(packed)).Order(StringComparer.Ordinal));
        Assert.True(expected.Length > 1500);
    }

    [Fact]
    public void An_image_without_extended_attributes_makes_the_kernel_stop_asking_for_them()
    {
        using (var packed = Pack())
        {
            Assert.Equal(Errno.ENOSYS, new Kernel(packed).Ask(Opcode.ListXattr, 1, 0ul).Error);
        }

        _source.SetXattr(_source.Find("bin/tool"), "user.k", [1]);
        using (var packed = Pack())
        {
            var kernel = new Kernel(packed);
            var tool = kernel.Lookup(kernel.Lookup(1, "bin").As<EntryReply>().NodeId, "tool").As<EntryReply>().NodeId;
            Assert.Equal([1], kernel.Ask(Opcode.GetXattr, tool, 100ul, Kernel.Name("user.k")).Payload);
            Assert.Equal(Errno.ENODATA, kernel.Ask(Opcode.GetXattr, 1, 100ul, Kernel.Name("user.k")).Error);
        }
    }

    [Fact]
    public async Task Sixteen_readers_at_once_read_the_same()
    {
        using var packed = Pack();
        var expected = _source.GetAttributes(_source.Find("lib/large"));
        var kernels = Enumerable.Range(0, 16).Select(_ => new Kernel(packed)).ToArray();
        var contents = await Task.WhenAll(kernels.Select(kernel => Task.Run(() =>
        {
            var lib = kernel.Lookup(1, "lib").As<EntryReply>().NodeId;
            return Content(kernel, kernel.Lookup(lib, "large").As<EntryReply>());
        })));
        var whole = new byte[expected.Size];
        _source.Read(expected.Node, 0, whole);
        Assert.All(contents, content => Assert.True(content.AsSpan().SequenceEqual(whole)));
    }

    private static IEnumerable<string> Describe(Kernel kernel, ulong directory = 1, string path = "")
    {
        foreach (var listed in kernel.List(directory, 4096, plus: true).Where(entry => entry.Name is not ("." or "..")).ToArray())
        {
            var entry = kernel.Lookup(directory, listed.Name).As<EntryReply>();
            var attributes = entry.Attributes;
            Assert.Equal(attributes.Inode, listed.Record.Inode);
            Assert.Equal(attributes.Mode & 0xF000, listed.Record.Type.ModeBits());
            var content = listed.Record.Type switch
            {
                FileType.Regular => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Content(kernel, entry))),
                FileType.Symlink => Convert.ToHexString(kernel.Ask(Opcode.ReadLink, entry.NodeId).Payload),
                _ => "",
            };
            var size = listed.Record.Type is FileType.Directory ? 0 : attributes.Size;
            yield return $"{path}/{listed.Name} {attributes.Mode:x} {attributes.LinkCount} {size} {attributes.ModificationSeconds} {content}";
            if (listed.Record.Type is FileType.Directory)
            {
                foreach (var below in Describe(kernel, entry.NodeId, $"{path}/{listed.Name}"))
                {
                    yield return below;
                }
            }
        }
    }

    private static byte[] Content(Kernel kernel, EntryReply entry)
    {
        using var content = new MemoryStream();
        byte[] part;
        do
        {
            var reply = kernel.Read(entry.NodeId, (ulong)content.Length, 128 * 1024);
            Assert.Equal(Errno.None, reply.Error);
            part = reply.Payload;
            content.Write(part);
        }
        while (part.Length == 128 * 1024);
        return content.ToArray();
    }

    private SquashFsTree Pack()
    {
        SquashFsWriter.Write(_source, _image, new PackOptions { Threads = 2 });
        return SquashFsTree.Open(_image);
    }
}
