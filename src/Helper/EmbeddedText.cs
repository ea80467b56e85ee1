using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Helper;

/// <summary>Shell texts that were rendered at build time.</summary>
internal static class EmbeddedText
{
    /// <summary>
    /// Handles <c>init SHELL</c> and <c>completions SHELL</c> if the arguments are exactly that. Every new shell waits for <c>init</c>, so this
    /// needs neither a command tree, nor the console, nor reflection. Returns false, without output, for anything else.
    /// </summary>
    public static bool TryPrint(string[] arguments)
    {
        var text = arguments switch
        {
            ["init", "bash" or "zsh" or "fish", "--script"] => ShellTexts.Find("conda-fuse.sh"),
            ["init", "bash"] => ShellTexts.Find("init.bash"),
            ["init", "zsh"] => ShellTexts.Find("init.zsh"),
            ["init", "fish"] => ShellTexts.Find("init.fish"),
            ["completions", "bash"] => ShellTexts.Find("completions.bash"),
            ["completions", "zsh"] => ShellTexts.Find("completions.zsh"),
            ["completions", "fish"] => ShellTexts.Find("completions.fish"),
            _ => default,
        };
        StandardStream.Write(StandardStream.Output, text);
        return text.Length > 0;
    }

    /// <summary>Prints a text unmodified.</summary>
    public static void Print(string name) => StandardStream.Write(StandardStream.Output, Find(name));

    /// <summary>A text as a string.</summary>
    public static string Read(string name) => Encoding.UTF8.GetString(Find(name));

    private static ReadOnlySpan<byte> Find(string name) =>
        ShellTexts.Find(name) is { Length: > 0 } text ? text : throw new InvalidOperationException($"this build has no text '{name}'");
}
