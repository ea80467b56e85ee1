using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace CondaFuse.ShellTemplates;

/// <summary>Renders the templates of a folder: those in <c>posix</c> are parts shared by bash and zsh, the others belong to one shell.</summary>
internal sealed class TemplateFolder(string path)
{
    private const string Extension = ".sbn";
    private const string Posix = "posix";
    private const string RunScript = "run.sh";
    private const string Actions = "actions";

    private static readonly string[] PerShell = ["init", "completions"];

    /// <summary>The texts that shells read in <c>shell</c>.</summary>
    private static readonly string[] Interactive =
        ["bash/interactive.bash", "zsh/interactive.zshenv", "zsh/interactive.zshrc", "fish/interactive.fish"];

    /// <summary>The blocks for startup files.</summary>
    private static readonly string[] StartupBlocks = ["posix/rc-block.sh", "fish/rc-block.fish"];

    /// <summary>The languages of module files, which no shell reads.</summary>
    private static readonly string[] Modules = ["lua", "tcl"];

    /// <summary>Scripts for Slurm.</summary>
    private static readonly string[] Slurm = ["sbatch", "sbcast", "keeper", "task-prolog", "epilog"];

    /// <summary>
    /// All texts by name: two for each shell, the file to source, the texts that <c>run</c> and <c>shell</c> pass to shells, and the tables of
    /// actions.
    /// </summary>
    public IReadOnlyList<RenderedFile> Render() =>
    [
        .. from dialect in Dialect.All
           from template in PerShell
           select new RenderedFile($"{template}.{dialect.Name}", Render(dialect, template)),
        new RenderedFile("conda-fuse.sh", Render(Dialect.Bash, "conda-fuse.sh")),
        new RenderedFile(RunScript, File.ReadAllText(Path.Combine(path, Posix, RunScript))),
        .. from file in Interactive.Concat(StartupBlocks) select new RenderedFile(Path.GetFileName(file), File.ReadAllText(Path.Combine(path, file))),
        .. from script in Slurm select new RenderedFile($"slurm.{script}", File.ReadAllText(Path.Combine(path, "slurm", $"{script}.sh"))),
        .. from language in Modules
           select new RenderedFile($"module.{language}", File.ReadAllText(Path.Combine(path, language, $"module.{language}"))),
        .. from folder in new[] { Posix, Dialect.Fish.Name }.Concat(Modules)
           select new RenderedFile($"{Actions}.{folder}", File.ReadAllText(Path.Combine(path, folder, $"{Actions}.table"))),
    ];

    private string Render(Dialect dialect, string template)
    {
        var parts = new Parts(Files(dialect));
        var words = new ScriptObject();
        foreach (var (name, value) in Words.Read(File.ReadAllText(Path.Combine(path, Words.FileName))))
        {
            words.SetValue(name, value, readOnly: true);
        }

        words.SetValue("shell", dialect.Name, readOnly: true);
        words.Import(CheckedTemplate.Quote, dialect.Quote);

        // Parts are included verbatim: no indentation is added, and nothing is left out.
        var context = new TemplateContext
        {
            StrictVariables = true,
            EnableRelaxedMemberAccess = false,
            AutoIndent = false,
            LoopLimit = 0,
            LimitToString = 0,
            TemplateLoader = parts,
        };
        context.PushGlobal(words);
        return parts.Parse(template).Render(context);
    }

    private Dictionary<string, string> Files(Dialect dialect)
    {
        var folders = dialect == Dialect.Fish ? [dialect.Name] : new[] { Posix, dialect.Name };
        return folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(path, folder), "*" + Extension))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);
    }

    /// <summary>The files that a shell's templates may include, by name.</summary>
    private sealed class Parts(Dictionary<string, string> files) : ITemplateLoader
    {
        public Template Parse(string name) => CheckedTemplate.Parse(File.ReadAllText(files[name]), files[name]);

        public string GetPath(TemplateContext context, SourceSpan callerSpan, string templateName) =>
            files.TryGetValue(templateName, out var file) ? file : throw new FormatException($"{callerSpan}: there is no part '{templateName}'.");

        public string Load(TemplateContext context, SourceSpan callerSpan, string templatePath)
        {
            var text = File.ReadAllText(templatePath);
            CheckedTemplate.Parse(text, templatePath);
            return text;
        }

        public ValueTask<string?> LoadAsync(TemplateContext context, SourceSpan callerSpan, string templatePath) =>
            ValueTask.FromResult<string?>(Load(context, callerSpan, templatePath));
    }
}
