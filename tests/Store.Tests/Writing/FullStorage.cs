using System.Diagnostics;
using CondaFuse.Platform;

namespace CondaFuse.Store.Tests.Writing;

/// <summary>A small file system mounted below a folder; requires root.</summary>
internal sealed class FullStorage : IDisposable
{
    private readonly string _mountPoint;

    /// <param name="folder">The folder below which it is mounted.</param>
    /// <param name="options">Its size, and its maximum number of files.</param>
    /// <param name="isFull">Whether it is full from the beginning.</param>
    public FullStorage(string folder, string options = "size=64k", bool isFull = true)
    {
        _mountPoint = Directory.CreateDirectory(System.IO.Path.Combine(folder, "full")).FullName;
        IsUsable = Identity.IsRoot && Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _mountPoint);
        Path = Directory.CreateDirectory(System.IO.Path.Combine(_mountPoint, "changes")).FullName;
        if (IsUsable && isFull)
        {
            Fill();
        }
    }

    /// <summary>Whether it could be created.</summary>
    public bool IsUsable { get; }

    /// <summary>A folder in it.</summary>
    public string Path { get; }

    public void MakeRoom() => File.Delete(System.IO.Path.Combine(_mountPoint, "fill"));

    public void Dispose()
    {
        if (IsUsable)
        {
            Run("umount", "-l", _mountPoint);
        }

        Directory.Delete(_mountPoint, recursive: true);
    }

    private void Fill()
    {
        try
        {
            File.WriteAllBytes(System.IO.Path.Combine(_mountPoint, "fill"), new byte[128 << 10]);
        }
        catch (IOException)
        {
            // The file system is full.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
