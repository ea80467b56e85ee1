namespace CondaFuse.Store.Tests;

public sealed class EnvironmentRegistryTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    private EnvironmentRegistry Registry => new(_sandbox.Layout.RegistryFile);

    [Fact]
    public void A_prefix_is_added_once()
    {
        Registry.Add("/envs/a b");
        Registry.Add("/envs/a b");
        Assert.Equal(["/envs/a b"], Registry.Prefixes());
    }

    [Fact]
    public void Other_lines_are_kept_even_when_the_last_one_is_not_ended()
    {
        _sandbox.Put(".conda/environments.txt", "/opt/one\n/opt/two");
        Registry.Add("/envs/x");
        Assert.Equal("/opt/one\n/opt/two\n/envs/x\n", File.ReadAllText(_sandbox.Layout.RegistryFile));
    }

    [Fact]
    public void Removing_leaves_the_others()
    {
        _sandbox.Put(".conda/environments.txt", "/opt/one\n/envs/x\n/opt/two\n");
        Registry.Remove(["/envs/x", "/not/there"]);
        Assert.Equal("/opt/one\n/opt/two\n", File.ReadAllText(_sandbox.Layout.RegistryFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_sandbox.Layout.RegistryFile)!));
    }

    public void Dispose() => _sandbox.Dispose();
}
