namespace CondaFuse.Registry.Http;

/// <summary>What a registry answers to a request without valid credentials (RFC 9110, section 11.6.1).</summary>
/// <param name="Scheme">The scheme in lower case: <c>bearer</c> or <c>basic</c>.</param>
/// <param name="Parameters">Its parameters, by their names in lower case.</param>
internal sealed record Challenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxLength = 8192;
    private const int MaxParameters = 16;

    /// <summary>The challenge of a scheme that is known here; null if there is none.</summary>
    /// <param name="headers">The values of WWW-Authenticate.</param>
    public static Challenge? Find(IEnumerable<string> headers)
    {
        var all = headers.Select(Parse).OfType<Challenge>().ToList();
        return all.Find(challenge => challenge.Scheme == "bearer") ?? all.Find(challenge => challenge.Scheme == "basic");
    }

    /// <summary>Parses one challenge: a scheme, then <c>name="value"</c> separated by commas.</summary>
    internal static Challenge? Parse(string header)
    {
        if (header.Length > MaxLength)
        {
            return null;
        }

        var rest = header.AsSpan().Trim();
        var end = rest.IndexOf(' ');
        var scheme = (end < 0 ? rest : rest[..end]).ToString().ToLowerInvariant();
        rest = end < 0 ? [] : rest[end..];
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        while (parameters.Count < MaxParameters && TakeParameter(ref rest) is var (name, value) && name.Length > 0)
        {
            parameters.TryAdd(name, value);
        }

        return new Challenge(scheme, parameters);
    }

    private static (string Name, string Value) TakeParameter(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(" \t,");
        var equals = rest.IndexOf('=');
        if (equals <= 0)
        {
            return ("", "");
        }

        var name = rest[..equals].Trim().ToString().ToLowerInvariant();
        rest = rest[(equals + 1)..].TrimStart();
        if (rest is not ['"', ..])
        {
            var comma = rest.IndexOf(',');
            var plain = (comma < 0 ? rest : rest[..comma]).Trim().ToString();
            rest = comma < 0 ? [] : rest[comma..];
            return (name, plain);
        }

        var text = new System.Text.StringBuilder();
        var at = 1;
        for (; at < rest.Length && rest[at] != '"'; at++)
        {
            at += rest[at] == '\\' && at + 1 < rest.Length ? 1 : 0;
            text.Append(rest[at]);
        }

        rest = at < rest.Length ? rest[(at + 1)..] : [];
        return (name, text.ToString());
    }
}
