using System.Globalization;
using CondaFuse.Platform;

namespace CondaFuse.Helper;

/// <summary>
/// conda's stack of active environments, read from its variables: CONDA_PREFIX is the top, at level CONDA_SHLVL; CONDA_PREFIX_n is level n below it.
/// </summary>
internal sealed class ActivationStack(Session session)
{
    /// <summary>How many levels must be deactivated until none is below a mount point; 0 if none is.</summary>
    /// <param name="mountPoint">Canonical.</param>
    public int LevelsAbove(string mountPoint)
    {
        _ = int.TryParse(session.Variable("CONDA_SHLVL"), CultureInfo.InvariantCulture, out var top);
        var lowest = Enumerable.Range(1, Math.Max(top, 0)).FirstOrDefault(level => IsBelow(Prefix(level, top), mountPoint));
        return lowest == 0 ? 0 : top - lowest + 1;
    }

    private string? Prefix(int level, int top) => session.Variable(level == top ? "CONDA_PREFIX" : $"CONDA_PREFIX_{level}");

    private static bool IsBelow(string? prefix, string mountPoint) =>
        prefix is not null && $"{CanonicalPath.Resolve(prefix)}/".StartsWith($"{mountPoint}/", StringComparison.Ordinal);
}
