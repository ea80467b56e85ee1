using CondaFuse.Activation;
using CondaFuse.Activation.Condarc;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands;

/// <summary>The installed conda, mamba or micromamba, as far as activation depends on it.</summary>
internal static class CondaHere
{
    /// <summary>Finds it without starting it.</summary>
    /// <exception cref="CondaNeededException">Its settings are not supported by this program.</exception>
    public static InstalledConda Find(Session session) => Find(session, root => CondarcSettings.Read(session.AllVariables, session.Home, root));

    /// <summary>The same for callers that can ignore unsupported settings.</summary>
    public static InstalledConda FindOrAssume(Session session) => Find(session, root =>
    {
        try
        {
            return CondarcSettings.Read(session.AllVariables, session.Home, root);
        }
        catch (CondaNeededException)
        {
            return new ActivationSettings();
        }
    });

    private static InstalledConda Find(Session session, Func<string?, ActivationSettings> settings)
    {
        var root = Root(session);
        return new InstalledConda(root, CondaGeneration.Find(root), settings(root)) { MountRoot = session.Layout.MountRoot };
    }

    /// <summary>Its base environment; null if there is none.</summary>
    public static string? Root(Session session) => session.Variable("CONDA_EXE") is { } program ? Above(program)
        : session.Variable("MAMBA_ROOT_PREFIX") ?? (session.Conda is { } found ? Above(CanonicalPath.Resolve(found.Path)) : null);

    private static string? Above(string program) => Path.GetDirectoryName(Path.GetDirectoryName(program));
}
