namespace CondaFuse.Helper.Output;

/// <summary>A question before something is lost.</summary>
internal static class Question
{
    /// <summary>Asks.</summary>
    /// <returns>Whether the answer is yes; without one it is no.</returns>
    public static bool IsAnswered(string question)
    {
        Terminal.Error.WriteUnfinished($"{question} [y/N] ");
        return Terminal.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
