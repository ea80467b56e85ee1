using System.Text;
using CondaFuse.Activation;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Integrations;

/// <summary>
/// The startup file of a shell, and one marked block in it. Removing the block restores the file byte for byte: the newline before the block belongs
/// to it, unless it separates lines, and a file that this program created starts with the block. Contents are handled as Latin-1, so no byte is lost.
/// </summary>
/// <param name="Shell">bash, zsh or fish.</param>
/// <param name="Path">Its path; it may be a symlink.</param>
internal sealed record StartupFile(string Shell, string Path)
{
    private const string Begin = "# >>> condafuse >>>";
    private const string End = "# <<< condafuse <<<\n";
    private const string Fish = "fish";
    private const int MaxBytes = 64 << 20;

    /// <summary>The shells that can have one.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", Fish];

    /// <summary>The file that interactive shells read.</summary>
    public static StartupFile Of(Session session, string shell) => new(shell, shell switch
    {
        "bash" => System.IO.Path.Combine(session.Home, ".bashrc"),
        "zsh" => System.IO.Path.Combine(session.Variable("ZDOTDIR") ?? session.Home, ".zshrc"),
        _ => System.IO.Path.Combine(session.Variable("XDG_CONFIG_HOME") ?? System.IO.Path.Combine(session.Home, ".config"), Fish, "config.fish"),
    });

    /// <summary>The block for a program in a directory.</summary>
    public static string Block(string shell, string bin)
    {
        var isFish = shell == Fish;
        var dialect = Dialect.Parse(EmbeddedText.Read(isFish ? "actions.fish" : "actions.posix"));
        return EmbeddedText.Read(isFish ? "rc-block.fish" : "rc-block.sh")
            .Replace("%SHELL%", shell, StringComparison.Ordinal).Replace("%BIN%", dialect.Words(bin), StringComparison.Ordinal);
    }

    /// <summary>The edit that adds the block, or replaces another one where it is.</summary>
    /// <exception cref="StoreException">The file has the start of a block without its end.</exception>
    public StartupEdit With(string block)
    {
        var (text, exists) = Read();
        var added = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(block));
        return Find(text) is var (start, end)
            ? new StartupEdit(this, text, $"{text[..start]}{added}{text[end..]}", text[start..end], added)
            : new StartupEdit(this, text, exists ? $"{text}\n{added}" : added, string.Empty, added);
    }

    /// <summary>The edit that removes the block.</summary>
    /// <exception cref="StoreException">The file has the start of a block without its end.</exception>
    public StartupEdit Without()
    {
        var (text, _) = Read();
        if (Find(text) is not var (start, end))
        {
            return new StartupEdit(this, text, text, string.Empty, string.Empty);
        }

        var (before, after) = (text[..start], text[end..]);
        var isOwnLine = before is [.. var rest, '\n'] && (after.Length == 0 || rest is "" or [.., '\n']);
        return new StartupEdit(this, text, (isOwnLine ? before[..^1] : before) + after, text[start..end], string.Empty);
    }

    private (string Text, bool Exists) Read()
    {
        try
        {
            using var file = PlainFile.OpenToRead(Path);
            return (Encoding.Latin1.GetString(PlainFile.ReadAll(file, MaxBytes)), true);
        }
        catch (PlatformException absent) when (absent.Errno == Errno.ENOENT)
        {
            return (string.Empty, false);
        }
    }

    private (int Start, int End)? Find(string text)
    {
        var start = text.IndexOf(Begin, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var end = text.IndexOf(End, start, StringComparison.Ordinal);
        return end >= 0 ? (start, end + End.Length) : throw new StoreException(
            StoreFault.Mismatched, $"{Path} has a line '{Begin}' without '{End.TrimEnd()}'; nothing was changed")
        {
            Hint = "remove that block with an editor", Path = Path,
        };
    }

    /// <summary>An edit of a startup file.</summary>
    /// <param name="File">The file.</param>
    /// <param name="Before">Its content.</param>
    /// <param name="After">Its new content.</param>
    /// <param name="Removed">The block that it loses.</param>
    /// <param name="Added">The block that it gets.</param>
    internal sealed record StartupEdit(StartupFile File, string Before, string After, string Removed, string Added)
    {
        /// <summary>added, updated, removed or unchanged.</summary>
        public string Action => Before == After ? "unchanged" : Removed.Length == 0 ? "added" : Added.Length == 0 ? "removed" : "updated";

        /// <summary>The lines that go and come, marked as in a difference.</summary>
        public IEnumerable<string> Lines() => Marked('-', Removed).Concat(Marked('+', Added));

        /// <summary>Writes the file; a symlink and the mode are kept. A file that this program created is deleted when it becomes empty.</summary>
        /// <exception cref="StoreException">Another program has changed it since it was read.</exception>
        public void Write()
        {
            if (Before == After)
            {
                return;
            }

            if (File.Read().Text != Before)
            {
                throw new StoreException(StoreFault.Busy, $"{File.Path} was changed meanwhile; nothing was changed")
                {
                    Hint = "run the command again", Path = File.Path,
                };
            }

            var path = CanonicalPath.Resolve(File.Path);
            if (After.Length == 0 && Before.StartsWith(Begin, StringComparison.Ordinal))
            {
                System.IO.File.Delete(path);
                return;
            }

            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            using var file = ReplacementFile.At(path, EntryRights.OfExisting(path));
            file.File.WriteAt(0, Encoding.Latin1.GetBytes(After));
            file.Publish();
        }

        private static IEnumerable<string> Marked(char mark, string block) =>
            Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(block)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => $"{mark} {line}");
    }
}
