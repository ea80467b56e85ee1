using CondaFuse.EnvironmentFiles.Versions;

namespace CondaFuse.EnvironmentFiles.Tests;

public class VersionTests
{
    /// <summary>From the description of conda's version ordering.</summary>
    private static readonly string[] Ordered =
    [
        "0.4", "0.4.1.rc", "0.4.1", "0.5a1", "0.5b3", "0.5c1", "0.5", "0.9.6", "0.960923", "1.0", "1.1dev1", "1.1a1", "1.1.0dev1", "1.1.a1",
            "1.1.0rc1", "1.1.0", "1.1.0post1",
        "1.1post2", "1996.07.12", "1!0.4.1", "1!3.1.1.6", "2!0.4.1",
    ];

    [Fact]
    public void Versions_are_ordered_as_conda_orders_them()
    {
        var versions = Ordered.Select(text => CondaVersion.TryParse(text)!).ToList();
        for (var index = 1; index < versions.Count; index++)
        {
            Assert.True(versions[index - 1].OrderTo(versions[index]) <= 0, $"{Ordered[index - 1]} and {Ordered[index]}");
            Assert.True(versions[index].OrderTo(versions[index - 1]) >= 0, $"{Ordered[index]} and {Ordered[index - 1]}");
        }
    }

    [Theory]
    [InlineData("2.36", ">=2.17,<3.0.a0", true)]
    [InlineData("2.12", ">=2.17,<3.0.a0", false)]
    [InlineData("3.0", ">=2.17,<3.0.a0", false)]
    [InlineData("3.0a1", "<3.0.a0", true)]
    [InlineData("2.36", "", true)]
    [InlineData("2.36", "*", true)]
    [InlineData("2.36", "2.36", true)]
    [InlineData("2.36.0", "==2.36", true)]
    [InlineData("2.36.1", "2.36", false)]
    [InlineData("2.36.1", "2.36.*", true)]
    [InlineData("2.36.1", "=2.36", true)]
    [InlineData("2.3", "=2.36", false)]
    [InlineData("2.36", "!=2.36.*", false)]
    [InlineData("2.36", "1.0|2.36", true)]
    [InlineData("2.36", "1.0|>=3", false)]
    [InlineData("2.36", "~=2.17", true)]
    [InlineData("3.1", "~=2.17", false)]
    [InlineData("2.36", "(>=2|<1)", null)]
    [InlineData("2.36", ">=x y", null)]
    public void Conditions_are_understood(string version, string spec, bool? fits) => Assert.Equal(fits, VersionSpec.Fits(version, spec));

    [Theory]
    [InlineData("python", "python", "", "")]
    [InlineData("python >=3.9,<3.12.0a0", "python", ">=3.9,<3.12.0a0", "")]
    [InlineData("__archspec 1 x86_64_v3", "__archspec", "1", "x86_64_v3")]
    [InlineData("__glibc>=2.17", "__glibc", ">=2.17", "")]
    [InlineData("a >=1, <2", "a", ">=1,<2", "")]
    public void Dependencies_are_read(string text, string name, string version, string build) =>
        Assert.Equal(new Dependency(name, version, build), Dependency.Parse(text));
}
