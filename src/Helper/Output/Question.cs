namespace CondaFuse.Helper.Output;

/// <summary>A question before something is lost.</summary>
internal static class Question
{
    /// <summary>Asks.</summary>
    /// <returns>Whether the answer is yes; without one it is no.</returns>
    public static bool IsAnswered(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
