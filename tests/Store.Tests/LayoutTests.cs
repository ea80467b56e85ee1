namespace CondaFuse.Store.Tests;

public sealed class LayoutTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public void The_environment_s_name_stands_twice_in_its_prefix() =>
        Assert.Equal(Path.Combine(sandbox.Layout.MountRoot, "x", "x"), sandbox.Layout.Prefix(EnvironmentName.Parse("x")));

    [Fact]
    public void Mount_points_of_one_name_in_two_places_share_no_file() =>
        Assert.NotEqual(sandbox.Layout.LockFile("/a/x"), sandbox.Layout.LockFile("/b/x"));

    [Fact]
    public void The_runtime_directory_is_for_its_user_alone()
    {
        File.SetUnixFileMode(sandbox.Layout.RuntimeDirectory, (UnixFileMode)0x1ff);
        sandbox.Layout.EnsureRuntimeDirectory();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(sandbox.Layout.RuntimeDirectory));
    }

    public void Dispose() => sandbox.Dispose();
}
