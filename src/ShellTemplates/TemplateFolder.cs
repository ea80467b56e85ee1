using HandlebarsDotNet;

namespace CondaFuse.ShellTemplates;

/// <summary>Renders the templates of a folder: those of <c>posix</c> are parts that bash and zsh share, the others belong to one shell.</summary>
internal sealed class TemplateFolder(string path)
{
    private const string Extension = ".hbs";

    private static readonly string[] PerShell = ["init", "completions"];

    /// <summary>Every text there is, by name: two for each shell, and the file to source.</summary>
    public IReadOnlyList<RenderedFile> Render() =>
    [
        .. from dialect in Dialect.All
           from template in PerShell
           select new RenderedFile($"{template}.{dialect.Name}", Render(dialect, template)),
        new RenderedFile("conda-fuse.sh", Render(Dialect.Bash, "conda-fuse.sh")),
    ];

    private string Render(Dialect dialect, string template)
    {
        var engine = Handlebars.Create(new HandlebarsConfiguration
        {
            TextEncoder = new DialectEncoder(dialect),
            ThrowOnUnresolvedBindingExpression = true,
        });
        var parts = Parts(dialect);
        foreach (var (name, text) in parts)
        {
            engine.RegisterTemplate(name, text);
        }

        var words = Words.Read(File.ReadAllText(Path.Combine(path, Words.FileName)));
        words["shell"] = dialect.Name;
        return engine.Compile(parts[template])(words);
    }

    private Dictionary<string, string> Parts(Dialect dialect)
    {
        var folders = dialect == Dialect.Fish ? [dialect.Name] : new[] { "posix", dialect.Name };
        return folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(path, folder), "*" + Extension))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText, StringComparer.Ordinal);
    }
}
