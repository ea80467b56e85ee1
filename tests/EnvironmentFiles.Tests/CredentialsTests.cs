namespace CondaFuse.EnvironmentFiles.Tests;

public class CredentialsTests
{
    [Theory]
    [InlineData("https://user:secret@host/x", "https://host/x")]
    [InlineData("- https://user:se$cret@host/x # y", "- https://host/x # y")]
    [InlineData("https://token@host", "https://host")]
    [InlineData("https://host/t/tk-1234_a.b/chan/noarch", "https://host/chan/noarch")]
    [InlineData("https://host/t/tk-1234", "https://host")]
    [InlineData("\"url\": \"https://a:b@host/t/x/c\", \"https://c:d@other\"", "\"url\": \"https://host/c\", \"https://other\"")]
    [InlineData("git+https://user:secret@host/repo.git", "git+https://host/repo.git")]
    [InlineData("https://${USER}:${PASS}@host/x", "https://${USER}:${PASS}@host/x")]
    [InlineData("https://${USER}:plain@host/x", "https://host/x")]
    [InlineData("{\"url\": \"https://a:b@host/x\"}", "{\"url\": \"https://host/x\"}")]
    [InlineData("https://host/x?mail=a@b", "https://host/x?mail=a@b")]
    [InlineData("a@b and https://host/t/", "a@b and https://host/t/")]
    [InlineData("nothing", "nothing")]
    public void Secrets_are_removed_and_nothing_else(string text, string clean)
    {
        Assert.Equal(clean, Credentials.Strip(text));
        Assert.Equal(text != clean, Credentials.AreIn(text));
    }
}
