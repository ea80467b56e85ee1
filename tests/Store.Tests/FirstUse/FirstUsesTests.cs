using System.Text;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Packing.FirstUse;
using CondaFuse.Packing.Tests;
using CondaFuse.Store.Committing;
using CondaFuse.Store.FirstUse;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.FirstUse;

/// <summary>Which list of first uses an archive gets.</summary>
public sealed class FirstUsesTests : IDisposable
{
    private static readonly EnvironmentName Name = EnvironmentName.Parse("env");

    private readonly Sandbox _sandbox = new();
    private readonly ManualClock _clock = new();
    private readonly Archive _archive;

    public FirstUsesTests()
    {
        _archive = new Archive(Name, _sandbox.Layout.ArchivePath(Name, ArchiveFormat.SquashFs), ArchiveFormat.SquashFs);
        Directory.CreateDirectory(_sandbox.Layout.ArchiveDirectory);
        using var source = new SampleEnvironment().Own("bin/python", "\u007fELF").Own("lib/used", "used").Own("lib/other", "other").Build();
        SquashFsWriter.Write(
            source, _archive.Path, new PackOptions { Threads = 1, ArcRoot = "env", FirstUses = FirstUseRule.Of(source, "") });
    }

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void A_new_archive_has_the_list_by_rule_and_a_server_sees_that()
    {
        Assert.Equal(["env/bin/python"], Listed());
        foreach (var prefix in new[] { SampleEnvironment.Prefix, "/somewhere/else/env" })
        {
            using var environment = ServedEnvironment.Open(_sandbox.Layout, _archive.Path, Writers.Here(), _clock, _ => { }, prefix);
            Assert.True(environment.Tree.HasFirstUses);
        }
    }

    [Fact]
    public void Compaction_repacks_a_single_generation_only_if_asked_and_then_takes_what_was_recorded()
    {
        Record("env/lib/used", "env/lib/gone");
        Assert.False(Compaction().Repack(_archive, always: false, 1, progress: null, CancellationToken.None).IsDone);
        Assert.Equal(["env/bin/python"], Listed());
        Assert.True(Compaction().Repack(_archive, always: true, 1, progress: null, CancellationToken.None).IsDone);
        Assert.Equal(["env/lib/used"], Listed());
        Assert.Equal(2, GenerationInfo.Read(_archive.Path).Generation);
    }

    [Fact]
    public void Without_a_record_compaction_keeps_the_list_of_the_archive()
    {
        Record("env/lib/used");
        Compaction().Repack(_archive, always: true, 1, progress: null, CancellationToken.None);
        File.Delete(_sandbox.Layout.FirstUseFile(GenerationInfo.Read(_archive.Path).Identity));
        Compaction().Repack(_archive, always: true, 1, progress: null, CancellationToken.None);
        Assert.Equal(["env/lib/used"], Listed());
    }

    [Fact]
    public void A_commit_stores_what_was_recorded_and_without_a_record_keeps_the_list()
    {
        Commit("first");
        Assert.Equal(["env/bin/python"], Listed());
        Record("env/lib/other", "env/lib/used");
        Commit("second");
        Assert.Equal(["env/lib/other", "env/lib/used"], Listed());
    }

    [Fact]
    public void A_zip_archive_has_none_and_an_image_made_of_it_has_one_by_rule_again()
    {
        var conversion = new ArchiveConversion(_sandbox.Layout, Writers.Here(), _clock);
        conversion.Run(_archive, ArchiveFormat.Zip, 1, progress: null, CancellationToken.None);
        conversion.Run(_sandbox.Catalog.Get(Name), ArchiveFormat.SquashFs, 1, progress: null, CancellationToken.None);
        Assert.Equal(["env/bin/python"], Listed());
    }

    private ArchiveCompaction Compaction() => new(_sandbox.Layout, Writers.Here(), _clock);

    private void Record(params string[] paths) =>
        new FirstUseFile(_sandbox.Layout.FirstUseFile(GenerationInfo.Read(_archive.Path).Identity))
            .Add([.. paths.Select(path => new UsedRange(Encoding.UTF8.GetBytes(path), 0, 1))]);

    private void Commit(string name)
    {
        using var environment = ServedEnvironment.Open(_sandbox.Layout, _archive.Path, Writers.Here(), _clock, _ => { }, SampleEnvironment.Prefix);
        environment.Tree.Create(NodeId.Root, Encoding.UTF8.GetBytes(name), new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        Assert.NotNull(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
    }

    private IEnumerable<string> Listed()
    {
        using var tree = SquashFsTree.Open(_archive.Path);
        return tree.ReadFirstUses()!.Select(range => Encoding.UTF8.GetString(range.Path.Span));
    }
}
