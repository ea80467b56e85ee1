namespace CondaFuse.Activation.Tests;

public sealed class PrefixReaderTests : IDisposable
{
    private readonly string _prefix = Directory.CreateTempSubdirectory().FullName;
    private readonly List<string> _warnings = [];

    public void Dispose() => Directory.Delete(_prefix, recursive: true);

    [Fact]
    public void Scripts_come_in_the_order_of_their_bytes_and_back()
    {
        foreach (var name in new[] { "b.sh", "B.sh", "10.sh", "z.sh", "é.sh", "\U0001F40D.sh", "\uFF41.sh", "not.fish", "also.sh.bak" })
        {
            Write($"etc/conda/activate.d/{name}", string.Empty);
            Write($"etc/conda/deactivate.d/{name}", string.Empty);
        }

        string[] expected = ["10.sh", "B.sh", "b.sh", "z.sh", "é.sh", "\uFF41.sh", "\U0001F40D.sh"];
        Assert.Equal(expected.Select(name => $"{_prefix}/etc/conda/activate.d/{name}"), Read().ActivateScripts);
        Assert.Equal(expected.Reverse().Select(name => $"{_prefix}/etc/conda/deactivate.d/{name}"), Read().DeactivateScripts);
    }

    [Fact]
    public void Variables_of_the_environment_win_over_those_of_packages()
    {
        Write("etc/conda/env_vars.d/b", """{"ONE": "b", "TWO": "b"}""");
        Write("etc/conda/env_vars.d/a", """{"ONE": "a", "THREE": "a"}""");
        Write("conda-meta/state", """{"version": 1, "env_vars": {"TWO": "state", "N": 5}}""");
        Assert.Equal(
            ["N=5", "ONE=b", "THREE=a", "TWO=state"], Read().Variables.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("""{"env_vars": {"A;touch x": "1", "GOOD": "1"}}""")]
    [InlineData("""{"env_vars": {"PATH": "/evil", "GOOD": "1"}}""")]
    [InlineData("""{"env_vars": {"NUL": "a\u0000b", "GOOD": "1"}}""")]
    public void A_variable_that_cannot_be_set_is_left_out(string state)
    {
        Write("conda-meta/state", state);
        Assert.Equal(["GOOD"], Read().Variables.Keys);
        Assert.Single(_warnings);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"A": "\ud800"}""")]
    public void A_broken_file_is_named_and_left_out(string text)
    {
        Write("etc/conda/env_vars.d/bad", text);
        Assert.Empty(Read().Variables);
        Assert.Contains("env_vars.d/bad", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_prefix_has_no_contents()
    {
        var contents = new PrefixReader(".sh", _warnings.Add).Read("/nonexistent/prefix");
        Assert.Empty(contents.ActivateScripts);
        Assert.Empty(contents.Variables);
        Assert.Empty(_warnings);
    }

    private PrefixContents Read() => new PrefixReader(".sh", _warnings.Add).Read(_prefix);

    private void Write(string name, string text)
    {
        var path = Path.Combine(_prefix, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
