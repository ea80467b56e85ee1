using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

public sealed class ReadDirectoryTests : IDisposable
{
    private readonly MemoryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(false, 512u)]
    [InlineData(false, 4096u)]
    [InlineData(false, 131_072u)]
    [InlineData(true, 512u)]
    [InlineData(true, 4096u)]
    [InlineData(true, 131_072u)]
    public void Every_name_comes_once_whatever_the_size_of_a_reply(bool plus, uint size)
    {
        _tree.AddDirectory("d");
        var names = Enumerable.Range(0, 700).Select(number => new string('x', number % 250) + number).ToArray();
        foreach (var name in names)
        {
            _tree.AddFile("d/" + name, name);
        }

        var listed = new Kernel(_tree).List(2, size, plus).ToArray();
        Assert.Equal([".", "..", .. names], listed.Select(entry => entry.Name));
        Assert.Equal(listed.Length, listed.Select(entry => entry.Record.Cookie).Distinct().Count());
    }

    [Fact]
    public void A_listing_goes_on_after_any_of_its_cookies()
    {
        foreach (var name in "abcdef")
        {
            _tree.AddFile(name.ToString(), "");
        }

        var kernel = new Kernel(_tree);
        var all = kernel.List(1, 4096, plus: true).ToArray();
        for (var index = 0; index < all.Length; index++)
        {
            var reply = kernel.Ask(Opcode.ReadDirectoryPlus, 1, new ReadRequest { Offset = all[index].Record.Cookie, Size = 4096 });
            Assert.Equal(all[(index + 1)..], Kernel.Listed.Parse(reply.Payload, plus: true));
        }
    }

    [Fact]
    public void READDIRPLUS_has_the_attributes_of_directories()
    {
        _tree.AddFile("file", "content");
        _tree.AddDirectory("directory");
        var kernel = new Kernel(_tree);
        var listed = kernel.List(1, 4096, plus: true).ToDictionary(entry => entry.Name);
        Assert.Equal(kernel.Lookup(1, "directory").As<EntryReply>(), listed["directory"].Entry);
        Assert.Equal(default, listed["file"].Entry);
        Assert.Equal(default, listed["."].Entry);
    }

    [Fact]
    public void READDIRPLUS_has_all_attributes_after_a_lookup()
    {
        _tree.AddFile("file", "content");
        _tree.AddDirectory("directory");
        _tree.AddSymlink("link", "file");
        var kernel = new Kernel(_tree);
        Assert.NotEmpty(kernel.List(1, 4096, plus: true));
        kernel.Lookup(1, "file");
        foreach (var entry in kernel.List(1, 4096, plus: true))
        {
            Assert.Equal(entry.Name.StartsWith('.') ? default : kernel.Lookup(1, entry.Name).As<EntryReply>(), entry.Entry);
        }
    }

    [Fact]
    public void A_full_stat_takes_few_requests_and_a_mere_walk_introduces_few_files()
    {
        const int directories = 200;
        for (var number = 0; number < directories; number++)
        {
            _tree.AddDirectory($"d{number}");
            for (var file = 0; file < 20; file++)
            {
                _tree.AddFile($"d{number}/f{file}", "");
            }
        }

        var (lookups, told) = (0, 0);
        foreach (var stats in new[] { false, true })
        {
            var kernel = new Kernel(_tree);
            (lookups, told) = (0, 0);
            foreach (var directory in kernel.List(1, 65_536, plus: true).Where(entry => entry.Name.StartsWith('d')).ToArray())
            {
                var files = kernel.List(directory.Entry.NodeId, 65_536, plus: true).Where(entry => entry.Name.StartsWith('f')).ToArray();
                told += files.Count(file => file.Entry.NodeId != 0);
                foreach (var file in files.Where(file => stats && file.Entry.NodeId == 0))
                {
                    kernel.Lookup(directory.Entry.NodeId, file.Name);
                    lookups++;
                }
            }

            Assert.True(stats || told == 0);
        }

        Assert.InRange(lookups, 1, directories * 20 / 10);
    }

    [Fact]
    public void The_dots_name_the_directory_and_its_parent()
    {
        _tree.AddDirectory("a");
        _tree.AddDirectory("a/b");
        var listed = new Kernel(_tree).List(_tree.Find("a/b").Value, 4096, plus: false).ToArray();
        Assert.Equal(_tree.GetAttributes(_tree.Find("a/b")).Inode, listed[0].Record.Inode);
        Assert.Equal(_tree.GetAttributes(_tree.Find("a")).Inode, listed[1].Record.Inode);
    }

    [Fact]
    public void A_broken_inode_keeps_its_name_and_its_neighbours_their_attributes()
    {
        _tree.AddFile("before", "");
        var broken = _tree.AddFile("broken", "");
        _tree.AddFile("behind", "");
        _tree.FailsDescribing = node => node == broken ? new TreeException(TreeFailure.Corrupt, "inode") : null;
        var kernel = new Kernel(_tree);
        Assert.NotEmpty(kernel.List(1, 4096, plus: true));
        kernel.Lookup(1, "before");
        var listed = kernel.List(1, 4096, plus: true).ToDictionary(entry => entry.Name);
        Assert.Equal(0ul, listed["broken"].Entry.NodeId);
        Assert.NotEqual(0ul, listed["before"].Entry.NodeId);
        Assert.NotEqual(0ul, listed["behind"].Entry.NodeId);
        Assert.NotEqual(0ul, listed["broken"].Record.Inode);
    }

    [Fact]
    public void Names_before_a_damage_are_listed_and_then_it_is_EIO()
    {
        using var damaged = new DamagedDirectory(_tree);
        _tree.AddFile("before", "");
        var kernel = new Kernel(damaged);
        var first = kernel.Ask(Opcode.ReadDirectory, 1, new ReadRequest { Size = 4096 });
        var names = Kernel.Listed.Parse(first.Payload, plus: false).ToArray();
        Assert.Equal([".", "..", "before"], names.Select(entry => entry.Name));
        Assert.Equal(Errno.EIO, kernel.Ask(Opcode.ReadDirectory, 1, new ReadRequest { Offset = names[^1].Record.Cookie, Size = 4096 }).Error);
        Assert.Single(kernel.Logged);
    }

    [Fact]
    public void A_file_is_ENOTDIR() =>
        Assert.Equal(
            Errno.ENOTDIR,
            new Kernel(_tree).Ask(Opcode.ReadDirectory, _tree.AddFile("f", "").Value, new ReadRequest { Offset = 2, Size = 4096 }).Error);
}
