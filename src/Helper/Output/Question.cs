using CondaFuse.Store;

namespace CondaFuse.Helper.Output;

/// <summary>A question before something is lost.</summary>
internal static class Question
{
    /// <summary>Asks, unless the answer was given on the command line.</summary>
    /// <param name="question">The question.</param>
    /// <param name="isYes">Whether <c>--yes</c> was given.</param>
    /// <returns>Whether the answer is yes; anything else is no.</returns>
    /// <exception cref="StoreException">Nobody can be asked: <see cref="StoreFault.BadName"/>.</exception>
    public static bool IsAnswered(string question, bool isYes)
    {
        if (isYes)
        {
            return true;
        }

        if (!Terminal.CanAsk)
        {
            throw new StoreException(
                StoreFault.BadName, "nothing was changed: standard input is not a terminal, so nobody can be asked; --yes answers the question");
        }

        Terminal.Error.WriteUnfinished($"{question} [y/N] ");
        return Terminal.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
