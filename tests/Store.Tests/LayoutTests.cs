namespace CondaFuse.Store.Tests;

public sealed class LayoutTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public void The_environment_s_name_stands_twice_in_its_prefix() =>
        Assert.Equal(Path.Combine(sandbox.Layout.MountRoot, "x", "x"), sandbox.Layout.Prefix(EnvironmentName.Parse("x")));

    public void Dispose() => sandbox.Dispose();
}
