namespace CondaFuse.Images.Tests;

/// <summary>An image mounted by the kernel on a separate loop device.</summary>
internal sealed class KernelMount : IDisposable
{
    private readonly string _device;

    public KernelMount(string image, string directory)
    {
        Directory = directory;
        _device = Tool.Run("losetup", "--find", "--show", "--read-only", image).Trim();
        var (code, output) = Tool.TryRun("mount", "-t", "squashfs", "-o", "ro", _device, directory);
        if (code != 0)
        {
            Tool.Run("losetup", "--detach", _device);
            Assert.Fail($"The kernel refuses the image: {output}");
        }
    }

    public string Directory { get; }

    public void Dispose()
    {
        Tool.Run("umount", Directory);
        Tool.Run("losetup", "--detach", _device);
    }
}
