using System.Text.RegularExpressions;

namespace CondaFuse.Architecture.Tests;

/// <summary>Links in documents lead to files and headings that exist. Links to other sites are checked by their form only.</summary>
public partial class DocumentTests
{
    private static readonly string[] Folders = [".", "docs", "bench", "tests"];

    [Fact]
    public void Links_to_files_and_headings_lead_somewhere() =>
        Assert.Empty(
            from document in Documents()
            from link in Links(document)
            where !IsExternal(link) && !Leads(document, link)
            select $"{Path.GetRelativePath(Repository.Root, document)}: {link}");

    [Fact]
    public void Links_to_other_sites_are_whole_addresses() =>
        Assert.Empty(
            from document in Documents()
            from link in Links(document)
            where IsExternal(link) && !(Uri.TryCreate(link, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
                && address.Host.Contains('.', StringComparison.Ordinal))
            select $"{Path.GetRelativePath(Repository.Root, document)}: {link}");

    [Fact]
    public void The_book_has_every_page()
    {
        var docs = Path.Combine(Repository.Root, "docs");
        var summary = Path.Combine(docs, "SUMMARY.md");
        Assert.Equal(
            Documents().Where(path => path.StartsWith(docs + "/", StringComparison.Ordinal) && path != summary)
                .Select(path => Path.GetRelativePath(docs, path)).Order(StringComparer.Ordinal),
            Links(summary).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("## A `code` & more: Why?", "a-code--more-why")]
    [InlineData("# [Link](x.md) under_score", "link-under_score")]
    public void Headings_have_the_anchors_of_GitHub(string line, string anchor) => Assert.Equal([anchor], Anchors([line]));

    private static IEnumerable<string> Documents() =>
        Folders.SelectMany(folder => Directory.EnumerateFiles(
                Path.GetFullPath(Path.Combine(Repository.Root, folder)), "*.md",
                folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
            .Where(path => !Path.GetRelativePath(Repository.Root, path).Split('/').Any(part => part is "obj" or "bin"));

    private static bool IsExternal(string link) =>
        link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal);

    private static bool Leads(string document, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, Uri.UnescapeDataString(parts[0]));
        return parts.Length == 1
            ? Path.Exists(target)
            : File.Exists(target) && Anchors(Prose(File.ReadAllLines(target))).Contains(parts[1], StringComparer.Ordinal);
    }

    private static IEnumerable<string> Links(string document) =>
        Prose(File.ReadAllLines(document)).SelectMany(line => LinkPattern().Matches(CodePattern().Replace(line, "code")))
            .Select(match => match.Groups["target"].Value);

    /// <summary>Lines outside of fenced blocks.</summary>
    private static IEnumerable<string> Prose(IEnumerable<string> lines)
    {
        var isCode = false;
        foreach (var line in lines)
        {
            var isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= isFence;
            if (!isCode && !isFence)
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Anchors(IEnumerable<string> lines)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var match in lines.Select(line => HeadingPattern().Match(line)).Where(match => match.Success))
        {
            var text = TextLinkPattern().Replace(match.Groups["text"].Value, "${text}").Trim();
            var kept = text.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_');
            var anchor = string.Concat(kept).Replace(' ', '-');
            var count = counts.GetValueOrDefault(anchor);
            counts[anchor] = count + 1;
            yield return count == 0 ? anchor : $"{anchor}-{count}";
        }
    }

    [GeneratedRegex(@"\]\((?<target>[^()\s]*(\([^()\s]*\)[^()\s]*)*)\)|(src|srcset|href)=""(?<target>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkPattern();

    [GeneratedRegex("`[^`]*`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodePattern();

    [GeneratedRegex("^#{1,6} (?<text>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeadingPattern();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TextLinkPattern();
}
