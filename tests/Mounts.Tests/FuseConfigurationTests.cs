namespace CondaFuse.Mounts.Tests;

public sealed class FuseConfigurationTests
{
    [Theory]
    [InlineData("user_allow_other", true)]
    [InlineData("# comment\nmount_max = 10\n  user_allow_other \n", true)]
    [InlineData("user_allow_other # for the cluster\n", true)]
    [InlineData("#user_allow_other\n", false)]
    [InlineData("user_allow_others\nxuser_allow_other\n", false)]
    [InlineData("", false)]
    public void A_separate_line_allows_it(string text, bool allows) => Assert.Equal(allows, FuseConfiguration.AllowsOther(text));
}
