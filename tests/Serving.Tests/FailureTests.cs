using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

public sealed class FailureTests : IDisposable
{
    private readonly MemoryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(TreeFailure.Corrupt, Errno.EIO)]
    [InlineData(TreeFailure.Storage, Errno.EIO)]
    [InlineData(TreeFailure.NotFound, Errno.ENOENT)]
    [InlineData(TreeFailure.NotADirectory, Errno.ENOTDIR)]
    [InlineData(TreeFailure.IsADirectory, Errno.EISDIR)]
    [InlineData(TreeFailure.WrongKind, Errno.EINVAL)]
    [InlineData(TreeFailure.NameTooLong, Errno.ENAMETOOLONG)]
    [InlineData(TreeFailure.RangeTooSmall, Errno.ERANGE)]
    [InlineData(TreeFailure.Unsupported, Errno.EOPNOTSUPP)]
    [InlineData(TreeFailure.AccessDenied, Errno.EACCES)]
    [InlineData(TreeFailure.Exists, Errno.EEXIST)]
    [InlineData(TreeFailure.NotEmpty, Errno.ENOTEMPTY)]
    [InlineData(TreeFailure.ReadOnly, Errno.EROFS)]
    [InlineData(TreeFailure.NoSpace, Errno.ENOSPC)]
    [InlineData(TreeFailure.QuotaExceeded, Errno.EDQUOT)]
    [InlineData(TreeFailure.NotPermitted, Errno.EPERM)]
    [InlineData(TreeFailure.FileTooLarge, Errno.EFBIG)]
    [InlineData(TreeFailure.TooManyLinks, Errno.EMLINK)]
    [InlineData(TreeFailure.Invalid, Errno.EINVAL)]
    [InlineData(TreeFailure.NoXattr, Errno.ENODATA)]
    [InlineData(TreeFailure.NoSuchRange, Errno.ENXIO)]
    public void Every_failure_has_its_errno(TreeFailure failure, Errno errno)
    {
        var file = _tree.AddFile("f", "x");
        _tree.FailsReading = _ => new TreeException(failure, "by design");
        Assert.Equal(errno, new Kernel(_tree).Read(file.Value, 0, 10).Error);
    }

    [Fact]
    public void No_failure_is_forgotten() =>
        Assert.Equal(
            Enum.GetValues<TreeFailure>().Order(),
            typeof(FailureTests).GetMethod(nameof(Every_failure_has_its_errno))!.GetCustomAttributesData()
                .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
                .Select(
                    attribute =>
                        (TreeFailure)(
                            (IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value!)
                .Order());

    [Fact]
    public void A_broken_file_is_EIO_is_logged_and_leaves_the_others_alone()
    {
        var broken = _tree.AddFile("broken", "x");
        var whole = _tree.AddFile("whole", "y");
        _tree.FailsReading = node => node == broken ? new TreeException(TreeFailure.Corrupt, "block 7 of 9") : null;
        var kernel = new Kernel(_tree);
        Assert.Equal(Errno.EIO, kernel.Read(broken.Value, 0, 10).Error);
        Assert.Equal("y"u8, kernel.Read(whole.Value, 0, 10).Payload);
        Assert.Equal(["Read of node 2: block 7 of 9"], kernel.Logged);
    }

    [Fact]
    public void A_fault_that_every_request_meets_is_logged_once()
    {
        var files = new[] { _tree.AddFile("a", "x"), _tree.AddFile("b", "y") };
        _tree.FailsReading = _ => new TreeException(TreeFailure.Corrupt, "the image was overwritten");
        var kernel = new Kernel(_tree);
        foreach (var file in files.Concat(files))
        {
            Assert.Equal(Errno.EIO, kernel.Read(file.Value, 0, 10).Error);
        }

        Assert.Equal(["Read of node 2: the image was overwritten"], kernel.Logged);
    }

    [Fact]
    public void A_bug_below_is_EIO_too_and_the_server_lives()
    {
        var file = _tree.AddFile("f", "x");
        var kernel = new Kernel(_tree);
        _tree.FailsReading = _ => new InvalidOperationException("a bug");
        Assert.Equal(Errno.EIO, kernel.Read(file.Value, 0, 10).Error);
        _tree.FailsReading = _ => null;
        Assert.Equal("x"u8, kernel.Read(file.Value, 0, 10).Payload);
        Assert.Equal(["Read: a bug"], kernel.Logged);
    }

    [Fact]
    public void An_ordinary_negative_result_is_not_logged()
    {
        var kernel = new Kernel(_tree);
        Assert.Equal(Errno.ENOENT, kernel.Read(999, 0, 10).Error);
        Assert.Empty(kernel.Logged);
    }

    [Fact]
    public void The_log_of_failures_ends_with_a_line_that_says_so()
    {
        var file = _tree.AddFile("f", "x");
        var kernel = new Kernel(_tree);
        for (var count = 0; count < 1000; count++)
        {
            _tree.FailsReading = _ => new TreeException(TreeFailure.Corrupt, $"block {count}");
            kernel.Read(file.Value, 0, 10);
        }

        Assert.Equal(201, kernel.Logged.Count);
        Assert.EndsWith("further ones are not.", kernel.Logged[^1]);
    }
}
