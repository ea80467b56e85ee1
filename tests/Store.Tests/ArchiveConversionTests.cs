using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Tests.Writing;

namespace CondaFuse.Store.Tests;

public sealed class ArchiveConversionTests : IDisposable
{
    private static readonly EnvironmentName Name = EnvironmentName.Parse("env");

    private readonly Sandbox _sandbox = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData(ArchiveFormat.SquashFs, ArchiveFormat.Zip)]
    [InlineData(ArchiveFormat.Zip, ArchiveFormat.SquashFs)]
    public void The_new_file_takes_the_place_of_the_old_one(ArchiveFormat from, ArchiveFormat to)
    {
        var archive = Pack(from);
        var outcome = Convert(archive, to);

        Assert.Equal(_sandbox.Layout.ArchivePath(Name, to), outcome.Archive);
        Assert.Equal([outcome.Archive], Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory));
        Assert.Equal(to, _sandbox.Catalog.Get(Name).Format);
        Assert.Empty(Verifier.Verify(outcome.Archive, 1).Findings);
        Assert.Equal((3L, 1L), (outcome.Result!.Counts.Directories, outcome.Result.Counts.Files));
    }

    [Theory]
    [InlineData("env.squashfs", "real.zip")]
    [InlineData("blob", "blob")]
    public void Through_a_symlink_the_file_is_converted_and_both_get_their_names(string file, string becomes)
    {
        var archive = Linked(Pack(ArchiveFormat.SquashFs), file == "blob" ? file : "real.squashfs");
        var outcome = Convert(archive, ArchiveFormat.Zip);

        Assert.Equal(["env.zip"], Names());
        Assert.Equal(Path.Combine("..", "elsewhere", becomes), new FileInfo(outcome.Archive).LinkTarget);
        Assert.Equal([becomes], Directory.GetFileSystemEntries(Elsewhere).Select(Path.GetFileName));
        Assert.Empty(Verifier.Verify(outcome.Archive, 1).Findings);
    }

    [Fact]
    public void A_conversion_that_was_killed_before_the_names_were_changed_is_used_as_any_and_finished_by_the_next()
    {
        var archive = Pack(ArchiveFormat.SquashFs);
        Convert(archive, ArchiveFormat.Zip);
        File.Move(_sandbox.Layout.ArchivePath(Name, ArchiveFormat.Zip), archive.Path);

        Assert.Equal(archive.Path, _sandbox.Catalog.Get(Name).Path);
        Assert.Empty(Verifier.Verify(archive.Path, 1).Findings);
        var outcome = Convert(_sandbox.Catalog.Get(Name), ArchiveFormat.Zip);
        Assert.Null(outcome.Result);
        Assert.Equal(["env.zip"], Names());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_behind_a_symlink(bool isFileRenamed)
    {
        var archive = Linked(Pack(ArchiveFormat.SquashFs), "real.squashfs");
        Convert(archive, ArchiveFormat.Zip);
        File.CreateSymbolicLink(archive.Path, "../elsewhere/real.squashfs");
        if (!isFileRenamed)
        {
            File.Move(Path.Combine(Elsewhere, "real.zip"), Path.Combine(Elsewhere, "real.squashfs"));
        }

        Convert(_sandbox.Catalog.Get(Name), ArchiveFormat.Zip);
        Assert.Equal(["env.zip"], Names());
        Assert.Empty(Verifier.Verify(_sandbox.Catalog.Get(Name).Path, 1).Findings);
    }

    [Fact]
    public void Archives_that_cannot_be_converted_stay()
    {
        var archive = Pack(ArchiveFormat.Zip);
        Assert.Equal(StoreFault.Unsupported, Assert.Throws<StoreException>(() => Convert(archive, ArchiveFormat.Zip)).Fault);

        File.WriteAllText(_sandbox.Layout.ArchivePath(Name, ArchiveFormat.SquashFs), "in the way");
        Assert.Equal(StoreFault.AlreadyExists, Assert.Throws<StoreException>(() => Convert(archive, ArchiveFormat.SquashFs)).Fault);
        File.Delete(_sandbox.Layout.ArchivePath(Name, ArchiveFormat.SquashFs));

        using (var environment = ServedEnvironment.Open(_sandbox.Layout, archive.Path, Writers.Here(), _clock, _ => { }))
        {
            environment.Tree.Create(Tree.NodeId.Root, "new"u8, new Tree.NewEntry(Tree.EntryKind.File, 0x1A4, 0, 0));
            environment.Sync();
        }

        var changed = Assert.Throws<StoreException>(() => Convert(archive, ArchiveFormat.SquashFs));
        Assert.Contains("condafuse commit env", changed.Hint, StringComparison.Ordinal);
        Assert.True(File.Exists(archive.Path));
    }

    [Fact]
    public void Damage_is_not_rewritten()
    {
        var content = new byte[10_000];
        new Random(1).NextBytes(content);
        _sandbox.Put("source/env/noise", System.Convert.ToBase64String(content));
        var archive = Pack(ArchiveFormat.SquashFs);
        using (var environment = ServedEnvironment.Open(_sandbox.Layout, archive.Path, Writers.Here(), _clock, _ => { }))
        {
            environment.Tree.Create(Tree.NodeId.Root, "new"u8, new Tree.NewEntry(Tree.EntryKind.File, 0x1A4, 0, 0));
            environment.Sync();
        }

        // A commit adds the checksums of all blocks.
        _ = new EnvironmentCommitter(_sandbox.Layout, Writers.Here(), _clock, _ => { }).Commit(archive.Path, new CommitRequest(1));
        var bytes = File.ReadAllBytes(archive.Path);
        bytes[200] ^= 1;
        File.WriteAllBytes(archive.Path, bytes);

        Assert.Equal(ImageFault.Checksum, Assert.Throws<ImageException>(() => Convert(archive, ArchiveFormat.Zip)).Fault);
        var compaction = new ArchiveCompaction(_sandbox.Layout, Writers.Here(), _clock);
        Assert.Equal(
            ImageFault.Checksum,
            Assert.Throws<ImageException>(() => compaction.Repack(archive, always: false, 1, progress: null, CancellationToken.None)).Fault);
        var fork = new EnvironmentFork(_sandbox.Layout, _sandbox.Catalog, _clock, forked => forked.Tree);
        Assert.Equal(
            ImageFault.Checksum,
            Assert.Throws<ImageException>(() => fork.Write(archive, "fork", new CommitRequest(1), progress: null, CancellationToken.None)).Fault);
        Assert.Equal(bytes, File.ReadAllBytes(archive.Path));
        Assert.Equal(["env.squashfs"], Names());
    }

    private string Elsewhere => Path.Combine(Path.GetDirectoryName(_sandbox.Layout.ArchiveDirectory)!, "elsewhere");

    private IEnumerable<string?> Names() => Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory).Select(Path.GetFileName);

    /// <summary>Replaces the archive by a symlink to a file.</summary>
    private Archive Linked(Archive archive, string file)
    {
        Directory.CreateDirectory(Elsewhere);
        File.Move(archive.Path, Path.Combine(Elsewhere, file));
        File.CreateSymbolicLink(archive.Path, Path.Combine("..", "elsewhere", file));
        return archive;
    }

    private ConversionOutcome Convert(Archive archive, ArchiveFormat to) =>
        new ArchiveConversion(_sandbox.Layout, Writers.Here(), _clock).Run(archive, to, 1, progress: null, CancellationToken.None);

    private Archive Pack(ArchiveFormat format)
    {
        _sandbox.Put("source/env/conda-meta/history", "one");
        Directory.CreateDirectory(_sandbox.Layout.ArchiveDirectory);
        var path = _sandbox.Layout.ArchivePath(Name, format);
        using var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "source"));
        ImageWriter.Write(tree, path, format == ArchiveFormat.Zip, new PackOptions { Threads = 1 });
        return new Archive(Name, path, format);
    }
}
