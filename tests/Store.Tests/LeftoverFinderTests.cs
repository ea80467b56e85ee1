using CondaFuse.Mounts;

namespace CondaFuse.Store.Tests;

public sealed class LeftoverFinderTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    private IEnumerable<Leftover> Found => new LeftoverFinder(
            _sandbox.Layout, _sandbox.Catalog, new FuseMounter([], []), Writing.Writers.Here(), TimeProvider.System)
        .Find().Where(leftover => leftover.Subject.StartsWith(_sandbox.Layout.Home, StringComparison.Ordinal));

    [Fact]
    public void A_clean_home_has_none() => Assert.Empty(Found);

    [Fact]
    public void An_interrupted_creation_is_left_to_the_user()
    {
        _sandbox.Put("envs/x/x/bin/python");
        var leftover = Assert.Single(Found);
        Assert.Null(leftover.Clean);
        Assert.Contains("--resume x", leftover.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Sealed_trees_empty_mount_points_stale_records_and_folders_of_killed_runs_are_cleaned()
    {
        _sandbox.Put("envs/.sealed-x/x/bin/python");
        Directory.CreateDirectory(Path.Combine(_sandbox.Layout.MountRoot, "empty"));
        _sandbox.Layout.Runtime.Chosen.Write(RuntimeFolder.RecordName("0:55"), "{}"u8);
        _sandbox.Layout.Runtime.Chosen.MakeUnique(RuntimeFolder.PrivateRunPrefix).Dispose();
        using var run = _sandbox.Layout.Runtime.Chosen.MakeUnique(RuntimeFolder.PrivateRunPrefix);
        using var running = Platform.FileLock.HoldAgainstAgeing(run);
        Assert.Equal(4, Found.Count());
        foreach (var leftover in Found.ToList())
        {
            leftover.Clean!();
        }

        Assert.Empty(Found);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_sandbox.Layout.MountRoot));
    }

    [Fact]
    public void A_record_of_another_version_is_kept_while_its_server_listens()
    {
        var runtime = _sandbox.Layout.Runtime.Chosen;
        runtime.Write(RuntimeFolder.RecordName("0:55"), "{\"schema\": 99}"u8);
        using (runtime.Listen(RuntimeFolder.ControlName("0:55")))
        {
            Assert.Empty(Found);
        }

        Assert.Equal("record of a server that has ended", Assert.Single(Found).Kind);
    }

    [Fact]
    public void The_changes_of_a_creation_that_was_removed_halfway_are_cleaned()
    {
        _sandbox.Put("archives/x.squashfs");
        _sandbox.Put("archives/.creating-x.changes/writer");
        var leftover = Assert.Single(Found);
        Assert.EndsWith(".creating-x.changes", leftover.Subject, StringComparison.Ordinal);
        leftover.Clean!();
        Assert.Empty(Found);
    }

    [Fact]
    public void An_unfinished_image_of_a_creation_is_no_creation()
    {
        var left = _sandbox.Put("archives/.creating-x.squashfs.0123abcd.partial");
        var leftover = Assert.Single(Found);
        Assert.Equal((left, "unfinished file of a killed process"), (leftover.Subject, leftover.Kind));
    }

    [Fact]
    public void The_mount_points_of_job_steps_are_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(_sandbox.Layout.MountRoot, $"{Layout.JobFolderPrefix}12-0", "x"));
        Assert.Empty(Found);
    }

    [Fact]
    public void Files_of_killed_writers_are_cleaned_and_those_of_running_ones_are_not()
    {
        var left = _sandbox.Put("archives/x.squashfs.0123abcd.partial");
        _sandbox.Put("archives/a note.txt.0123abcd.partial");
        var written = _sandbox.Put("archives/y.zip.0123abcd.partial");
        using (Platform.PlainFile.OpenOrCreate(written))
        {
            var leftover = Assert.Single(Found);
            Assert.Equal(left, leftover.Subject);
            leftover.Clean!();
            Assert.Empty(Found);
        }

        Assert.Equal(written, Assert.Single(Found).Subject);
    }

    [Fact]
    public void Registrations_of_deleted_environments_are_told_from_the_others()
    {
        _sandbox.Put("archives/kept.squashfs");
        var root = _sandbox.Layout.MountRoot;
        _sandbox.Put(".conda/environments.txt", $"/opt/base\n{root}/kept/kept\n{root}/gone/gone\n{root}/kept2/kept2\n");
        Assert.Equal([$"{root}/gone/gone", $"{root}/kept2/kept2"], Found.Select(leftover => leftover.Subject));
        foreach (var leftover in Found.ToList())
        {
            leftover.Clean!();
        }

        Assert.Equal($"/opt/base\n{root}/kept/kept\n", File.ReadAllText(_sandbox.Layout.RegistryFile));
    }

    public void Dispose() => _sandbox.Dispose();
}
