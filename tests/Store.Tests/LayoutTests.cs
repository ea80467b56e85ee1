namespace CondaFuse.Store.Tests;

public sealed class LayoutTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public void The_environment_s_name_occurs_twice_in_its_prefix() =>
        Assert.Equal(Path.Combine(_sandbox.Layout.MountRoot, "x", "x"), _sandbox.Layout.Prefix(EnvironmentName.Parse("x")));

    public void Dispose() => _sandbox.Dispose();
}
