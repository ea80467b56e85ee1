using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Tests.Writing;

namespace CondaFuse.Store.Tests;

public sealed class ArchiveConversionTests : IDisposable
{
    private static readonly EnvironmentName Name = EnvironmentName.Parse("env");

    private readonly Sandbox sandbox = new();
    private readonly ManualClock clock = new();

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData(ArchiveFormat.SquashFs, ArchiveFormat.Zip)]
    [InlineData(ArchiveFormat.Zip, ArchiveFormat.SquashFs)]
    public void The_new_file_takes_the_place_of_the_old_one(ArchiveFormat from, ArchiveFormat to)
    {
        var archive = Pack(from);
        var outcome = Convert(archive, to);

        Assert.Equal(sandbox.Layout.ArchivePath(Name, to), outcome.Archive);
        Assert.Equal([outcome.Archive], Directory.GetFileSystemEntries(sandbox.Layout.ArchiveDirectory));
        Assert.Equal(to, sandbox.Catalog.Get(Name).Format);
        Assert.Empty(Verifier.Verify(outcome.Archive, 1).Findings);
        Assert.Equal((3L, 1L), (outcome.Result.Counts.Directories, outcome.Result.Counts.Files));
    }

    [Fact]
    public void What_cannot_be_converted_stays()
    {
        var archive = Pack(ArchiveFormat.Zip);
        Assert.Equal(StoreFault.Unsupported, Assert.Throws<StoreException>(() => Convert(archive, ArchiveFormat.Zip)).Fault);

        File.WriteAllText(sandbox.Layout.ArchivePath(Name, ArchiveFormat.SquashFs), "in the way");
        Assert.Equal(StoreFault.AlreadyExists, Assert.Throws<StoreException>(() => Convert(archive, ArchiveFormat.SquashFs)).Fault);
        File.Delete(sandbox.Layout.ArchivePath(Name, ArchiveFormat.SquashFs));

        using (var environment = ServedEnvironment.Open(sandbox.Layout, archive.Path, Writers.Here(), clock, _ => { }))
        {
            environment.Tree.Create(Tree.NodeId.Root, "new"u8, new Tree.NewEntry(Tree.EntryKind.File, 0x1A4, 0, 0));
            environment.Sync();
        }

        var changed = Assert.Throws<StoreException>(() => Convert(archive, ArchiveFormat.SquashFs));
        Assert.Contains("condafuse commit env", changed.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(archive.Path));
    }

    private ConversionOutcome Convert(Archive archive, ArchiveFormat to) =>
        new ArchiveConversion(sandbox.Layout, Writers.Here(), clock).Run(archive, to, 1, progress: null, CancellationToken.None);

    private Archive Pack(ArchiveFormat format)
    {
        sandbox.Put("source/env/conda-meta/history", "one");
        Directory.CreateDirectory(sandbox.Layout.ArchiveDirectory);
        var path = sandbox.Layout.ArchivePath(Name, format);
        using var tree = DiskTree.Open(Path.Combine(sandbox.Layout.Home, "source"));
        ImageWriter.Write(tree, path, format == ArchiveFormat.Zip, new PackOptions { Threads = 1 });
        return new Archive(Name, path, format);
    }
}
