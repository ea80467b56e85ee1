using System.Diagnostics;
using System.Text;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>Checks that the kernel of this machine behaves as the other tests assume.</summary>
public sealed class RealKernelTests : IDisposable
{
    private readonly MemoryTree _tree = SampleTree.Create();

    public void Dispose() => _tree.Dispose();

    [MountFact]
    public void Content_listings_links_and_attributes_arrive()
    {
        using var mounted = new Mounted(_tree);
        Assert.Equal("#!/bin/sh\nexit 7\n", File.ReadAllText(mounted.At("bin/alias")));
        var large = File.ReadAllBytes(mounted.At("lib/large"));
        var whole = new byte[large.Length];
        Assert.Equal(large.Length, _tree.Read(_tree.Find("lib/large"), 0, whole));
        Assert.True(large.AsSpan().SequenceEqual(whole));
        Assert.Equal(
            Enumerable.Range(0, 1500).Select(number => mounted.At($"lib/many/module_{number:0000}.py")),
            Directory.EnumerateFiles(mounted.At("lib/many")).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(mounted.At("lib/empty")));
        Assert.Equal(
            "regular file 755 2 17 1700000000\n",
            Run("stat", "-c", "%F %a %h %s %Y", mounted.At("bin/second")));
        Assert.Equal("fifo\n", Run("stat", "-c", "%F", mounted.At("pipe")));
        Assert.Equal("255\n", Run("stat", "-f", "-c", "%l", mounted.Directory));
        Assert.Empty(mounted.Logged);
    }

    [MountFact]
    public void Impossible_operations_fail_with_the_expected_errors()
    {
        using var mounted = new Mounted(_tree);
        Assert.Contains("Read-only file system", Run("touch", mounted.At("new")), StringComparison.Ordinal);
        Assert.Contains("File name too long", Run("stat", mounted.At(new string('x', 256))), StringComparison.Ordinal);
        Assert.Contains("No such file or directory", Run("stat", mounted.At(new string('x', 255))), StringComparison.Ordinal);
        Assert.Contains("Operation not supported", Run("getfattr", "-n", "user.k", mounted.At("bin/tool")), StringComparison.Ordinal);
    }

    [MountFact]
    public void Programs_run_from_the_mount()
    {
        using var mounted = new Mounted(_tree);
        using var process = Process.Start(mounted.At("bin/tool"))!;
        process.WaitForExit();
        Assert.Equal(7, process.ExitCode);
    }

    [MountFact]
    public void A_broken_file_fails_alone()
    {
        var broken = _tree.Find("lib/block");
        _tree.FailsReading = node => node == broken ? new TreeException(TreeFailure.Corrupt, "by design") : null;
        using var mounted = new Mounted(_tree);
        Assert.Contains("Input/output error", Run("cat", mounted.At("lib/block")), StringComparison.Ordinal);
        Assert.Equal("unicode", File.ReadAllText(mounted.At("lib/žluťoučký kůň")));
        Assert.Contains(mounted.Logged, line => line.EndsWith("by design", StringComparison.Ordinal));
    }

    [MountFact]
    public async Task Unmounting_ends_the_server()
    {
        using var mounted = new Mounted(_tree);
        Assert.True(Directory.Exists(mounted.At("bin")));
        await mounted.UnmountAsync();
        Assert.False(Directory.Exists(mounted.At("bin")));
    }

    [MountFact]
    public async Task A_mount_whose_server_is_gone_answers_ENOTCONN_at_once()
    {
        using var mounted = new Mounted(_tree);
        Assert.Equal("unicode", File.ReadAllText(mounted.At("lib/žluťoučký kůň")));
        await mounted.AbandonAsync();
        Assert.Contains("Transport endpoint is not connected", Run("stat", mounted.At("never seen")), StringComparison.Ordinal);
    }

    /// <summary>The output and error messages of a program, in the C locale.</summary>
    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        start.StandardErrorEncoding = start.StandardOutputEncoding = Encoding.UTF8;
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + complaints.Result;
    }
}
