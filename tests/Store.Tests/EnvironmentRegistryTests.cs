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

    [Fact]
    public void Removing_keeps_a_symlink_the_permissions_and_names_that_are_no_UTF8()
    {
        var real = _sandbox.Put("dotfiles/list", "");
        byte[] others = [.. "/opt/"u8, 0xE9, .. "\n"u8];
        File.WriteAllBytes(real, [.. others, .. "/envs/x\n"u8]);
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(Path.GetDirectoryName(_sandbox.Layout.RegistryFile)!);
        File.CreateSymbolicLink(_sandbox.Layout.RegistryFile, real);
        Registry.Remove(["/envs/x"]);
        Assert.Equal(real, new FileInfo(_sandbox.Layout.RegistryFile).LinkTarget);
        Assert.Equal(others, File.ReadAllBytes(real));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(real));
    }

    [Fact]
    public void A_fifo_in_its_place_blocks_nobody()
    {
        using (var folder = Platform.PrivateFolder.OpenOrMake(Path.GetDirectoryName(_sandbox.Layout.RegistryFile)!))
        {
            var (writer, reader) = folder.OpenFifo(Path.GetFileName(_sandbox.Layout.RegistryFile));
            writer.Dispose();
            reader.Dispose();
        }

        Assert.Throws<Platform.PlatformException>(() => Registry.Prefixes());
        Assert.Throws<Platform.PlatformException>(() => Registry.Add("/envs/x"));
    }

    public void Dispose() => _sandbox.Dispose();
}
