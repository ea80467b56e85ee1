namespace CondaFuse.EnvironmentFiles.Versions;

/// <summary>Conditions on a version in conda's notation: <c>&gt;=2.17,&lt;3.0.a0</c>, <c>2.17.*</c>, <c>1.0|2.0</c>.</summary>
internal static class VersionSpec
{
    private static readonly string[] Operators = [">=", "<=", "==", "!=", "~=", ">", "<", "="];

    /// <summary>Whether a version meets them; null if the conditions are not understood.</summary>
    public static bool? Fits(string version, string spec) =>
        CondaVersion.TryParse(version) is not { } parsed || spec.IndexOfAny(['(', ')', '^', '$']) >= 0 ? null
            : AnyOf(spec.Split('|').Select(group => AllOf(parsed, group)));

    private static bool? AllOf(CondaVersion version, string group)
    {
        var answers = group.Split(',').Select(term => One(version, term.Trim())).ToList();
        return answers.Contains(false) ? false : answers.Contains(null) ? null : true;
    }

    private static bool? AnyOf(IEnumerable<bool?> answers)
    {
        var all = answers.ToList();
        return all.Contains(true) ? true : all.Contains(null) ? null : false;
    }

    private static bool? One(CondaVersion version, string term)
    {
        if (term is "" or "*")
        {
            return true;
        }

        var sign = Array.Find(Operators, known => term.StartsWith(known, StringComparison.Ordinal)) ?? string.Empty;
        var text = term[sign.Length..].Trim();
        var isSeries = text.EndsWith('*');
        text = text.TrimEnd('*').TrimEnd('.');
        if (CondaVersion.TryParse(text) is not { } wanted)
        {
            return null;
        }

        var order = version.OrderTo(wanted);
        return sign switch
        {
            ">=" => order >= 0,
            "<=" => order <= 0,
            ">" => order > 0,
            "<" => order < 0,
            "!=" => isSeries ? !version.IsBelow(wanted) : order != 0,
            "=" => version.IsBelow(wanted),
            "~=" => text.LastIndexOf('.') is > 0 and var dot && CondaVersion.TryParse(text[..dot]) is { } series
                ? order >= 0 && version.IsBelow(series) : null,
            _ => isSeries ? version.IsBelow(wanted) : order == 0,
        };
    }
}
