using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>After any failure: the old image or none, a message that names the cause, and no leftovers.</summary>
public sealed class WriterFailureTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _source;
    private readonly string _target;

    public WriterFailureTests()
    {
        _source = _scratch.MakeDirectory("source");
        Tool.Shell($"cd '{_source}' && mkdir sub && seq 1 200000 > sub/numbers && printf hello > sub/hello");
        _target = Path.Combine(_scratch.MakeDirectory("images"), "env.squashfs");
        File.WriteAllText(_target, "the old image");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_file_that_vanishes_is_named()
    {
        var exception = Fails<TreeException>(() => File.Delete(Path.Combine(_source, "sub", "numbers")), "sub/numbers");
        Assert.Equal(TreeFailure.NotFound, exception.Failure);
    }

    [Fact]
    public void A_file_that_shrinks_is_named() =>
        Fails<TreeException>(() => File.WriteAllText(Path.Combine(_source, "sub", "numbers"), "1"), "sub/numbers");

    [Fact]
    public void A_file_that_became_a_directory_is_named() =>
        Fails<TreeException>(() => Tool.Shell($"cd '{_source}/sub' && rm -rf numbers && mkdir numbers"), "sub/numbers");

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        Fails<OperationCanceledException>(cancellation.Cancel, "", cancellation.Token);
    }

    [Fact]
    public void A_failing_progress_report_is_a_failure_of_the_writing()
    {
        using var tree = DiskTree.Open(_source);
        Assert.Throws<InvalidOperationException>(() => SquashFsWriter.Write(tree, _target, Options, new Thrower()));
        AssertUntouched();
    }

    [RootFact]
    public void A_full_disk_is_reported_and_leaves_nothing()
    {
        var small = _scratch.MakeDirectory("small");
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small);
        try
        {
            using var tree = DiskTree.Open(_source);
            var target = Path.Combine(small, "env.squashfs");
            var exception = Assert.Throws<TreeException>(
                () => SquashFsWriter.Write(tree, target, Options with { Compressor = Codecs.None, Level = 0 }));
            Assert.Equal(TreeFailure.NoSpace, exception.Failure);
            Assert.Contains(target, exception.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(small));
        }
        finally
        {
            Tool.Run("umount", small);
        }
    }

    [Fact]
    public void A_target_in_no_directory_is_named()
    {
        using var tree = DiskTree.Open(_source);
        var exception = Assert.Throws<TreeException>(() => SquashFsWriter.Write(tree, _scratch["none/x.squashfs"], Options));
        Assert.Contains("none/x.squashfs", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_is_no_directory_is_named()
    {
        var exception = Assert.Throws<TreeException>(() => DiskTree.Open(Path.Combine(_source, "sub", "hello")));
        Assert.Equal(TreeFailure.NotADirectory, exception.Failure);
        Assert.Contains("hello", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4095)]
    [InlineData(5000)]
    [InlineData(2097152)]
    public void An_invalid_block_size_is_refused(int blockSize)
    {
        using var tree = DiskTree.Open(_source);
        Assert.Throws<ArgumentException>(() => SquashFsWriter.Write(tree, _target, Options with { BlockSize = blockSize }));
        AssertUntouched();
    }

    [Fact]
    public void A_symlink_to_an_image_stays_and_its_target_is_replaced()
    {
        var link = _scratch["link"];
        File.CreateSymbolicLink(link, _target);
        using var tree = DiskTree.Open(_source);
        SquashFsWriter.Write(tree, link, Options);

        Assert.Equal(_target, new FileInfo(link).LinkTarget);
        Assert.True(Verifier.Verify(_target, 1).IsSound);
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_target)!));
    }

    private static PackOptions Options => new() { Threads = 3, Level = 1 };

    private T Fails<T>(Action beforeRead, string named, CancellationToken cancellation = default)
        where T : Exception
    {
        var once = new Lazy<bool>(() =>
        {
            beforeRead();
            return true;
        });
        using var tree = new MeddlingTree(DiskTree.Open(_source), () => _ = once.Value); // other readers wait meanwhile
        var exception = Assert.ThrowsAny<T>(() => SquashFsWriter.Write(tree, _target, Options, null, cancellation));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        AssertUntouched();
        return exception;
    }

    private void AssertUntouched()
    {
        Assert.Equal("the old image", File.ReadAllText(_target));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_target)!));
    }

    private sealed class Thrower : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => throw new InvalidOperationException("reported");
    }
}
