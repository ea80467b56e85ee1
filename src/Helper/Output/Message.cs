namespace CondaFuse.Helper.Output;

/// <summary>Messages on standard error: <c>condafuse:</c> what happened, <c>hint:</c> what to do next.</summary>
internal static class Message
{
    /// <summary>Writes a message, and a hint below it if there is one.</summary>
    public static void Error(string text, string? hint = null)
    {
        Terminal.Error.WriteLine($"condafuse: {text}");
        if (hint is not null)
        {
            Terminal.Error.WriteLine($"hint: {hint}");
        }
    }

    /// <summary>Writes a warning: the command succeeded, but not completely.</summary>
    public static void Warning(string text) => Error($"warning: {text}");
}
