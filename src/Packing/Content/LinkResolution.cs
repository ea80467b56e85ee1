using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>Resolves symlinks like a kernel for which only the source exists, at its prefix.</summary>
/// <param name="files">The source.</param>
/// <param name="prefixes">Its paths.</param>
internal sealed class LinkResolution(SourceFiles files, IReadOnlyList<string> prefixes)
{
    /// <summary>Linux's limit: <c>path_resolution(7)</c>.</summary>
    private const int MaxLinks = 40;

    /// <summary>The end of a symlink.</summary>
    /// <param name="Path">Path of the file or directory, below the prefix.</param>
    /// <param name="Failure">Why it has none: text that follows its name in a message. Null if it has one, or is outside.</param>
    /// <param name="IsOutside">Whether it is outside the source.</param>
    public readonly record struct Place(string Path, string? Failure, bool IsOutside);

    /// <summary>Follows a symlink to the path of a file or a directory.</summary>
    public Place Resolve(string link)
    {
        var target = Target(link);
        var at = new List<string>(link.Split('/')[..^1]);
        var ahead = new Stack<string>();
        var links = 1;
        if (!Follow(target, at, ahead))
        {
            return Outside;
        }

        while (ahead.TryPop(out var part))
        {
            if (part == "..")
            {
                if (at.Count == 0)
                {
                    return Outside;
                }

                at.RemoveAt(at.Count - 1);
                continue;
            }

            at.Add(part);
            var path = string.Join('/', at);
            if (files.Directories.ContainsKey(path))
            {
                continue;
            }

            if (!files.ByPath.TryGetValue(path, out var file)
                || (file.Attributes.Kind is not (EntryKind.Symlink or EntryKind.Directory) && ahead.Count > 0))
            {
                return Failed(target, "its target does not exist");
            }

            if (file.Attributes.Kind == EntryKind.Symlink)
            {
                if (++links > MaxLinks)
                {
                    return Failed(target, "is a loop of symlinks");
                }

                at.RemoveAt(at.Count - 1);
                if (!Follow(Target(path), at, ahead))
                {
                    return Outside;
                }
            }
        }

        return new Place(string.Join('/', at), Failure: null, IsOutside: false);
    }

    private static Place Outside => new("", Failure: null, IsOutside: true);

    private static Place Failed(string target, string why) => new("", $"-> {target}: {why}", IsOutside: false);

    /// <summary>Pushes a target's components.</summary>
    /// <returns>False if it is absolute, and not below a prefix.</returns>
    private bool Follow(string target, List<string> at, Stack<string> ahead)
    {
        if (target.StartsWith('/'))
        {
            if (prefixes.FirstOrDefault(known => target == known || target.StartsWith($"{known}/", StringComparison.Ordinal)) is not { } prefix)
            {
                return false;
            }

            at.Clear();
            target = target[prefix.Length..];
        }

        foreach (var part in target.Split('/').Reverse().Where(part => part is not ("" or ".")))
        {
            ahead.Push(part);
        }

        return true;
    }

    private string Target(string link) => Encoding.UTF8.GetString(files.ReadLink(link));
}
