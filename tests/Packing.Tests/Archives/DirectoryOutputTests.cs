using CondaFuse.Images.Disk;
using CondaFuse.Images.Tests;

namespace CondaFuse.Packing.Tests.Archives;

public sealed class DirectoryOutputTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Files_installed_by_conda_are_linked_and_others_are_written()
    {
        Environment(_scratch.MakeDirectory("env"));
        Assert.Empty(Pack());
        Assert.Equal(Inode("env/lib/a.so"), Inode("out/lib/a.so"));
        Assert.NotEqual(Inode("env/lib/a.cfg"), Inode("out/lib/a.cfg"));
        Assert.NotEqual(Inode("env/share/mine"), Inode("out/share/mine"));
        Assert.Equal("the user's", File.ReadAllText(_scratch["out/share/mine"]));
        Assert.Equal($"{SampleEnvironment.Placeholder}/x", File.ReadAllText(_scratch["out/lib/a.cfg"]));
        Assert.Equal($"{_scratch["env"]}/x", File.ReadAllText(_scratch["env/lib/a.cfg"]));
        Assert.Equal(
            ["bin", "conda-meta", "lib", "share"],
            Directory.GetFileSystemEntries(_scratch["out"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Overwritten_files_of_conda_are_copied()
    {
        Environment(_scratch.MakeDirectory("env"));
        File.WriteAllText(_scratch["env/lib/a.so"], "longer than it was");
        Assert.Single(Pack());
        Assert.NotEqual(Inode("env/lib/a.so"), Inode("out/lib/a.so"));
        Assert.Equal("longer than it was", File.ReadAllText(_scratch["out/lib/a.so"]));
    }

    [Fact]
    public void A_directory_that_is_no_environment_is_copied()
    {
        Environment(_scratch.MakeDirectory("env"));
        using var tree = DiskTree.Open(_scratch["env"]);
        Archiver.Write(tree, _scratch["out"], new ArchiveSettings { Format = PackFormat.Directory, Threads = 2 });
        Assert.NotEqual(Inode("env/lib/a.so"), Inode("out/lib/a.so"));
    }

    [Fact]
    public void If_a_link_is_impossible_a_copy_is_made()
    {
        // Another file system: hard links are impossible.
        Environment(_scratch.MakeDirectory("env"));
        var elsewhere = Directory.CreateDirectory($"/dev/shm/condafuse-{Guid.NewGuid():N}").FullName;
        try
        {
            Pack(Path.Combine(elsewhere, "out"));
            Tool.Run("diff", "-r", _scratch["env/lib/a.so"], Path.Combine(elsewhere, "out/lib/a.so"));
            Assert.Equal("600", Tool.Run("stat", "-c", "%a", Path.Combine(elsewhere, "out/lib/a.so")).Trim());
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [RootFact]
    public void Files_of_another_user_are_copied()
    {
        Environment(_scratch.MakeDirectory("env"));
        Tool.Run("chown", "-R", "65534:65534", _scratch["env"]);
        Pack();
        Assert.NotEqual(Inode("env/lib/a.so"), Inode("out/lib/a.so"));
        Assert.Equal("0", Tool.Run("stat", "-c", "%u", _scratch["out/lib/a.so"]).Trim());
    }

    [Fact]
    public void A_hole_at_the_end_is_as_long_as_it_was()
    {
        Tool.Shell(
            $"mkdir '{_scratch["source"]}' && cd '{_scratch["source"]}' && echo x >file && truncate -s 3M file && truncate -s 5M hole && head -c 2M "
            + "/dev/urandom >full && : >empty");
        using var tree = DiskTree.Open(_scratch["source"]);
        Archiver.Write(tree, _scratch["out"], new ArchiveSettings { Format = PackFormat.Directory, Threads = 2 });
        Tool.Run("diff", "-r", _scratch["source"], _scratch["out"]);
        Assert.Equal("0", Tool.Run("stat", "-c", "%b", _scratch["out/hole"]).Trim());
    }

    private string Inode(string path) => Tool.Run("stat", "-c", "%i", _scratch[path]);

    private IReadOnlyList<string> Pack(string? output = null)
    {
        using var source = DiskTree.Open(_scratch["env"]);
        var packed = PackedEnvironment.Of(source, new EnvironmentSettings { Prefix = _scratch["env"], Threads = 2 });
        Archiver.Write(packed.Tree, output ?? _scratch["out"], new ArchiveSettings { Format = PackFormat.Directory, Threads = 2 });
        return packed.Warnings;
    }

    /// <summary>An environment on disk: a library, a file with the prefix, a record of both, and a user's file.</summary>
    private static void Environment(string prefix) => Tool.Shell($$$"""
        cd '{{{prefix}}}'
        mkdir -p lib share conda-meta
        printf 'library' >lib/a.so; chmod 600 lib/a.so
        printf '%s' '{{{prefix}}}/x' >lib/a.cfg
        printf "the user's" >share/mine
        : >conda-meta/history
        digest() { sha256sum | cut -d ' ' -f 1; }
        cat >conda-meta/pkg-1-0.json <<RECORD
        {"name": "pkg", "version": "1", "files": ["lib/a.so", "lib/a.cfg"], "paths_data": {"paths": [
          {"_path": "lib/a.so", "path_type": "hardlink", "sha256": "$(printf library | digest)", "size_in_bytes": 7},
          {"_path": "lib/a.cfg", "path_type": "hardlink", "file_mode": "text", "prefix_placeholder": "{{{SampleEnvironment.Placeholder}}}",
           "sha256": "$(printf '%s' '{{{SampleEnvironment.Placeholder}}}/x' | digest)",
           "sha256_in_prefix": "$(printf '%s' '{{{prefix}}}/x' | digest)",
           "size_in_bytes": {{{SampleEnvironment.Placeholder.Length + 2}}}}
        ]}}
        RECORD
        """);
}
