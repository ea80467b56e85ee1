using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <summary>The union over an image of a real directory: at first, everything comes from the base.</summary>
[Trait("Needs", "root")]
public sealed class UnionOnImageTests : WritableTreeContract
{
    private readonly TestClock _clock = new();

    protected override IWritableTree Open()
    {
        var path = Path.Combine(Path.GetTempPath(), $"condafuse-contract-{Guid.NewGuid():n}");
        using (var directory = new PlainDirectory(path))
        {
            Fill(new TreeSession(directory));
            using var source = DiskTree.Open(path);
            SquashFsWriter.Write(source, path + ".squashfs", new PackOptions { Threads = 1 }, progress: null, CancellationToken.None);
        }

        var image = SquashFsTree.Open(path + ".squashfs");
        File.Delete(path + ".squashfs");
        return ChangedTree.Open(image, new MemoryChangeStore(), _clock);
    }

    protected override void Tick() => _clock.Advance(TimeSpan.FromSeconds(2));
}
