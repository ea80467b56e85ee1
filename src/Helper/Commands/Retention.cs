using CondaFuse.Store.Retention;

namespace CondaFuse.Helper.Commands;

/// <summary>The user's setting of what is kept of an archive's history.</summary>
internal static class Retention
{
    /// <summary>Takes what <see cref="RetentionPolicy.TryParse"/> reads.</summary>
    public const string Variable = "CONDA_FUSE_KEEP";

    /// <summary>The policy; null if the setting cannot be read: then nothing may be removed.</summary>
    public static RetentionPolicy? Policy(Session session) =>
        session.Variable(Variable) is { } setting ? RetentionPolicy.TryParse(setting) : RetentionPolicy.Default;

    /// <summary>What is wrong with a setting that cannot be read.</summary>
    public static string Refusal(Session session) =>
        $"{Variable} is '{session.Variable(Variable)}', which is neither 'all' nor like '{RetentionPolicy.Default}'";
}
