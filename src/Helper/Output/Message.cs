namespace CondaFuse.Helper.Output;

/// <summary>Messages on standard error: <c>condafuse:</c> what happened, <c>hint:</c> what to do next.</summary>
internal static class Message
{
    /// <summary>A message, and a hint below it where there is one.</summary>
    public static void Error(string text, string? hint = null)
    {
        Terminal.Error.WriteLine($"condafuse: {text}");
        if (hint is not null)
        {
            Terminal.Error.WriteLine($"hint: {hint}");
        }
    }

    /// <summary>What went well enough, but not wholly.</summary>
    public static void Warning(string text) => Error($"warning: {text}");
}
