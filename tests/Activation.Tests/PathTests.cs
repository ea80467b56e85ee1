namespace CondaFuse.Activation.Tests;

public class PathTests
{
    [Theory]
    [InlineData("", ".")]
    [InlineData("/", "/")]
    [InlineData("//", "//")]
    [InlineData("///a", "/a")]
    [InlineData("//a", "//a")]
    [InlineData("/a//b/./c/../d/", "/a/b/d")]
    [InlineData("/../a", "/a")]
    [InlineData("../a/..", "..")]
    [InlineData("a/..", ".")]
    public void Paths_are_normalized_as_Python_does(string path, string normal) => Assert.Equal(normal, PathText.Normalize(path));

    [Theory]
    [InlineData("/usr/bin:/bin", "/r", "/p/bin:/r/condabin:/usr/bin:/bin")]
    [InlineData("/x/condabin:/bin", "/r", "/p/bin:/x/condabin:/bin")]
    [InlineData("/usr/bin::/bin/", null, "/p/bin:/usr/bin:.:/bin")]
    [InlineData(null, null, "/p/bin:/usr/bin")]
    public void The_first_environment_goes_in_front(string? path, string? root, string expected) =>
        Assert.Equal(expected, new SearchPath(path).Add("/p", root).ToString());

    [Theory]
    [InlineData("/my:/old/bin:/bin:/old/bin", "/my:/new/bin:/bin:/old/bin")]
    [InlineData("/my:/old/bin/:/bin", "/my:/new/bin:/bin")]
    [InlineData("/my:/bin", "/new/bin:/my:/bin")]
    public void Another_environment_replaces_the_first(string path, string expected) =>
        Assert.Equal(expected, new SearchPath(path).Replace("/old", "/new").ToString());
}
