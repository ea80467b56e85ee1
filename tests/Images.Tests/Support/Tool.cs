using System.Diagnostics;

namespace CondaFuse.Images.Tests;

/// <summary>Runs programs.</summary>
internal static class Tool
{
    /// <summary>Runs a program, which must succeed.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var (code, output) = TryRun(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }

    public static (int Code, string Output) TryRun(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>Runs a script in which no command may fail, including all parts of a pipeline.</summary>
    public static string Shell(string script) => Run("bash", "-euo", "pipefail", "-c", script);
}
