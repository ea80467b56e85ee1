using System.Text;

namespace CondaFuse.EnvironmentFiles;

/// <summary>Removes secrets from addresses: <c>https://user:password@host/…</c>, and conda's tokens, <c>https://host/t/TOKEN/…</c>.</summary>
public static class Credentials
{
    private const string SchemeEnd = "://";
    private const string TokenFolder = "/t/";

    /// <summary>
    /// A text without the secrets of the addresses in it. A reference to a variable (<c>https://${USER}@host</c>) is no secret, and stays.
    /// </summary>
    public static string Strip(string text)
    {
        var clean = new StringBuilder(text.Length);
        var from = 0;
        for (var at = text.IndexOf(SchemeEnd, StringComparison.Ordinal); at >= 0; at = text.IndexOf(SchemeEnd, from, StringComparison.Ordinal))
        {
            var start = at + SchemeEnd.Length;
            var end = start;
            for (var isInVariable = false; end < text.Length && (isInVariable || !EndsAddress(text[end])); end++)
            {
                isInVariable = (isInVariable && text[end] is not ('}' or '\n')) || (text[end] == '{' && text[end - 1] == '$');
            }

            clean.Append(text, from, start - from).Append(WithoutSecrets(text[start..end]));
            from = end;
        }

        return clean.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Whether a text contains secrets.</summary>
    public static bool AreIn(string text) => Strip(text) != text;

    private static bool EndsAddress(char letter) =>
        char.IsWhiteSpace(letter) || letter is '"' or '\'' or '<' or '>' or '`' or ',' or ']' or '}' or ')';

    /// <summary><c>$NAME</c> or <c>${NAME}</c>.</summary>
    private static bool IsVariable(string text)
    {
        var name = text.StartsWith("${", StringComparison.Ordinal) && text.EndsWith('}') ? text[2..^1] : text.StartsWith('$') ? text[1..]
            : string.Empty;
        return name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
    }

    private static string WithoutSecrets(string address)
    {
        var host = address.IndexOfAny(['/', '?', '#']) is >= 0 and var slash ? address[..slash] : address;
        var rest = address[host.Length..];
        if (host.LastIndexOf('@') is >= 0 and var user && !host[..user].Split(':').All(IsVariable))
        {
            host = host[(user + 1)..];
        }

        var token = rest.IndexOf(TokenFolder, StringComparison.Ordinal);
        if (token >= 0)
        {
            var end = token + TokenFolder.Length;
            while (end < rest.Length && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] is '-' or '_' or '.'))
            {
                end++;
            }

            if (end > token + TokenFolder.Length && (end == rest.Length || rest[end] == '/'))
            {
                rest = rest[..token] + rest[end..];
            }
        }

        return host + rest;
    }
}
