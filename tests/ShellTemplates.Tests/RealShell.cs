using System.Diagnostics;

namespace CondaFuse.ShellTemplates.Tests;

/// <summary>Runs a script in a real shell without the user's configuration.</summary>
internal static class RealShell
{
    /// <summary>The script's output; throws with its error messages if it fails.</summary>
    public static string Run(Dialect dialect, string script)
    {
        string[] options = dialect.Name switch
        {
            "bash" => ["--norc", "--noprofile"],
            "zsh" => ["-f"],
            _ => ["--no-config"],
        };
        var start = new ProcessStartInfo(dialect.Name, [.. options, "-c", script])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && errors.Result.Length == 0, $"{dialect.Name} ended with {process.ExitCode}: {errors.Result}");
        return output;
    }
}
