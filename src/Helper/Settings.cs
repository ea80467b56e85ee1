using CondaFuse.Store;
using CondaFuse.Store.Retention;

namespace CondaFuse.Helper;

/// <summary>Checks variables that allow only certain values.</summary>
internal static class Settings
{
    private static readonly Setting[] Known =
    [
        new("CONDA_FUSE_FORMAT", value => ArchiveFormats.All.Any(format => format.Name() == value), "'squashfs' or 'zip'"),
        new("CONDA_FUSE_CREATE", value => value is "native" or "mount", "'native' or 'mount'"),
        new("CONDA_FUSE_COMPACT", value => value is "auto" or "off", "'auto' or 'off'"),
        new("CONDA_FUSE_KEEP", value => RetentionPolicy.TryParse(value) is not null, $"'all' or a list such as '{RetentionPolicy.Default}'"),
        new(IdleTime.Variable, value => IdleTime.TryParse(value) is not null, "'off' or a time such as '30m', '2h' or '1d'"),
        new("CONDA_FUSE_PREFETCH", value => value is "auto" or "off", "'auto' or 'off'"),
    ];

    /// <summary>One sentence for each variable with an invalid value.</summary>
    public static IEnumerable<string> Mistakes(Session session) => Known.Select(setting => setting.MistakeIn(session)).OfType<string>();

    /// <summary>What is wrong with the value of one of these variables; null if it is unset, empty or valid.</summary>
    public static string? Mistake(Session session, string variable) => Array.Find(Known, setting => setting.Variable == variable)!.MistakeIn(session);

    private sealed record Setting(string Variable, Func<string, bool> IsValid, string Accepted)
    {
        public string? MistakeIn(Session session) =>
            session.Variable(Variable) is { } value && !IsValid(value) ? $"{Variable} is '{value}'; it must be {Accepted}" : null;
    }
}
