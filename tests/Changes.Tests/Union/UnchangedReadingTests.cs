using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

public sealed class UnchangedReadingTests : IDisposable, IDirectorySink
{
    private readonly UnionFixture _union = new();
    private int _names;

    private TreeSession T => _union.T;

    public void Dispose() => _union.Dispose();

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        _names++;
        return true;
    }

    [Fact]
    public void Reading_unchanged_entries_allocates_nothing()
    {
        T.MakeFile("lib/new");
        T.Write("lib/b", 0, "x");
        var (tree, library, deep, file, changed, link) =
            (T.Tree, T.Find("lib"), T.Find("lib/deep"), T.Find("lib/deep/file3"), T.Find("lib/b"), T.Find("lib/link"));
        var room = new byte[4096];
        void Everything()
        {
            tree.GetAttributes(file);
            tree.GetAttributes(changed);
            tree.TryLookup(deep, "file3"u8, out _);
            tree.TryLookup(deep, "nothing"u8, out _);
            tree.TryLookup(library, "a"u8, out _);
            tree.TryLookup(library, "new"u8, out _);
            tree.ReadDirectory(deep, 0, this);
            tree.ReadDirectory(library, 0, this);
            tree.Read(file, 0, room);
            tree.Read(changed, 0, room);
            tree.ReadLink(link, room);
            tree.TryGetXattr(file, "user.x"u8, room, out _);
            tree.ListXattrs(file, room);
        }

        for (var i = 0; i < 50; i++)
        {
            Everything();
        }

        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Everything();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.True(_names > 300);
    }
}
