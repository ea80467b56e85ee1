using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Changes.Tests.Union;

/// <summary>
/// A union over an image of our own: <c>lib/</c> with <c>a</c>, <c>b</c>, <c>c</c>, <c>big</c> (1 MB), <c>link</c> and <c>deep/</c> with 300 files.
/// </summary>
internal sealed class UnionFixture : IDisposable
{
    public const int BigLength = 1 << 20;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"condafuse-union-{Guid.NewGuid():n}.squashfs");

    public UnionFixture()
    {
        using (var source = new MemoryTree())
        {
            source.AddDirectory("lib");
            foreach (var name in (string[])["a", "b", "c"])
            {
                source.AddFile($"lib/{name}", $"content of {name}");
            }

            source.SetXattr(source.Find("lib/c"), "security.capability", [1, 2, 3]);
            source.SetXattr(source.Find("lib/c"), "user.kept", [4]);
            source.AddFile("lib/big", Big());
            source.AddFile("lib/moving", "");
            source.AddSymlink("lib/link", "a");
            source.AddDirectory("lib/deep");
            for (var i = 0; i < 300; i++)
            {
                source.AddFile($"lib/deep/file{i}", $"number {i}");
            }

            SquashFsWriter.Write(source, _path, new PackOptions { Threads = 1 }, progress: null, CancellationToken.None);
        }

        Base = new CountingTree(SquashFsTree.Open(_path));
        Tree = ChangedTree.Open(Base, Store, Clock);
        T = new TreeSession(Tree);
    }

    public CountingTree Base { get; }

    public MemoryChangeStore Store { get; private set; } = new();

    public TestClock Clock { get; } = new();

    public ChangedTree Tree { get; private set; }

    public TreeSession T { get; private set; }

    public static byte[] Big() => [.. Enumerable.Range(0, BigLength).Select(i => (byte)((i * 31) ^ (i >> 9)))];

    public string Text() => Property.TreeText.Of(Tree, allTimes: true);

    public string ImagePath => _path;

    public SquashFsTree OpenImage() => SquashFsTree.Open(_path);

    public void Reopen()
    {
        Store = Store.Reopen();
        Tree = ChangedTree.Open(OpenImage(), Store, Clock);
        T = new TreeSession(Tree);
    }

    public void Dispose()
    {
        Tree.Dispose();
        File.Delete(_path);
    }
}
