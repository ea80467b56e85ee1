using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Tests;

public class FailureTests
{
    public static TheoryData<Exception, int> Documented => new()
    {
        { new InvalidOperationException(), 1 },
        { new PlatformException(Errno.ENOSPC, "write"), 1 },
        { new StoreException(StoreFault.BadName, string.Empty), 2 },
        { new StoreException(StoreFault.NotFound, string.Empty), 3 },
        { new FileNotFoundException(), 3 },
        { new StoreException(StoreFault.AlreadyExists, string.Empty), 4 },
        { new MountBusyException("/m", []), 5 },
        { new MountException(MountFault.NoDevice, string.Empty), 6 },
        { new MountException(MountFault.NoFusermount, string.Empty), 6 },
        { new TreeException(TreeFailure.Corrupt, string.Empty), 7 },
        { new StoreException(StoreFault.Conda, string.Empty), 8 },
        { new StoreException(StoreFault.CannotRun, string.Empty), 127 },
        { new StoreException(StoreFault.Interrupted, string.Empty), 130 },
        { new OperationCanceledException(), 130 },
        { new ServerStartException(7, string.Empty), 7 },
    };

    [Theory]
    [MemberData(nameof(Documented))]
    public void Exit_codes_are_the_documented_ones(Exception failure, int code)
    {
        Assert.Equal(code, (int)Failure.Code(failure));
        Assert.Contains($"| {code} |", File.ReadAllText(Path.Combine(RepositoryRoot, "docs", "exit-codes.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_unexpected_failures_are_internal_errors()
    {
        Assert.Contains("internal error", Failure.Sentence(new InvalidOperationException("x")), StringComparison.Ordinal);
        Assert.Equal("the message", Failure.Sentence(new StoreException(StoreFault.NotFound, "the message")));
    }

    [Theory]
    [InlineData("no space: '/a/x.tar.2fe34822.partial'", "no space: '/a/x.tar'")]
    [InlineData("/a/e.zip.converted.partial and /b/e.squashfs.00000000.partial", "/a/e.zip and /b/e.squashfs")]
    [InlineData("/a/my.partial, /a/x.2FE34822.partial, .partial", "/a/my.partial, /a/x.2FE34822.partial, .partial")]
    [InlineData("", "")]
    public void Files_are_shown_with_their_final_names(string text, string wanted) => Assert.Equal(wanted, Failure.WithoutPartialEndings(text));

    private static string RepositoryRoot
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory.FullName, "CondaFuse.sln")))
            {
                directory = directory.Parent!;
            }

            return directory.FullName;
        }
    }
}
