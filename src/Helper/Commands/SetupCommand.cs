using System.CommandLine;
using System.Text.Json;
using CondaFuse.Helper.Integrations;
using CondaFuse.Helper.Output;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse setup</c>: startup files, and links for tools that look for environments in conda's folders.</summary>
internal static class SetupCommand
{
    public static Command Create(Session session)
    {
        var shells = new Option<string[]>("--shell")
        {
            Description = "Shell to set up: bash, zsh or fish; repeatable. Default: your login shell, and others whose startup file exists",
            HelpName = "shell",
            AllowMultipleArgumentsPerToken = false,
        }.OneOf("bash", "zsh", "fish");
        var links = new Option<bool>("--links") { Description = "Also keep a link to each environment in conda's directory of environments" };
        var noLinks = new Option<bool>("--no-links") { Description = "Do not ask about links" };
        var folder = new Option<string?>("--links-dir") { Description = "Directory for the links; implies --links", HelpName = "dir" }.NotEmpty();
        var undo = new Option<bool>("--undo") { Description = "Remove what setup has added" };
        var (yes, json) = (CommonOptions.Yes(), CommonOptions.Json());
        var command = new Command("setup", "Set up your shells, and links for other tools") { shells, links, folder, noLinks, undo, yes, json };
        command.Validators.Add(result =>
        {
            var wantsLinks = result.GetValue(links) || result.GetValue(folder) is not null;
            if (wantsLinks && (result.GetValue(noLinks) || result.GetValue(undo)))
            {
                result.AddError("--links cannot be used with --no-links or --undo");
            }
        });
        command.SetAction(parsed =>
        {
            var run = new SetupRun(session, parsed.GetValue(yes), parsed.GetValue(json));
            var named = parsed.GetValue(shells) is { Length: > 0 } given ? given.Distinct(StringComparer.Ordinal).ToList() : null;
            if (parsed.GetValue(undo))
            {
                run.Undo(named, !parsed.GetValue(noLinks));
            }
            else
            {
                var directory = parsed.GetValue(folder) is { } written ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(written)) : null;
                var wantsLinks = parsed.GetValue(links) || directory is not null;
                if (wantsLinks)
                {
                    run.CheckFolderOfLinks(directory); // before anything is changed
                }

                run.EditStartupFiles(named ?? run.ShellsHere());
                if (!parsed.GetValue(noLinks))
                {
                    run.KeepLinks(directory, wantsLinks);
                }
            }

            run.Report();
        });
        return command;
    }
}

/// <summary>One run of <c>setup</c>.</summary>
/// <param name="session">The variables.</param>
/// <param name="isYes">Whether all questions are answered with yes.</param>
/// <param name="asJson">Whether the result is printed as JSON.</param>
internal sealed class SetupRun(Session session, bool isYes, bool asJson)
{
    private readonly EnvironmentLinks _links = new(session.Layout);
    private readonly List<(StartupFile.StartupEdit Edit, string Action)> _edits = [];
    private readonly List<string> _made = [];
    private readonly List<string> _removed = [];
    private readonly List<string> _taken = [];

    /// <summary>The login shell, and those that are installed and have a startup file.</summary>
    public IReadOnlyList<string> ShellsHere()
    {
        var login = Path.GetFileName(session.Variable("SHELL") ?? string.Empty);
        var here = StartupFile.Shells
            .Where(shell => shell == login || (IsInstalled(shell) && File.Exists(StartupFile.Of(session, shell).Path))).ToList();
        return here.Count > 0 ? here : throw new StoreException(
            StoreFault.NotFound, "no shell was found to set up: SHELL is neither bash, zsh nor fish, and none of them has a startup file")
        {
            Hint = "condafuse setup --shell bash",
        };
    }

    /// <summary>Adds the block to the startup files.</summary>
    public void EditStartupFiles(IReadOnlyList<string> shells)
    {
        var bin = Path.GetDirectoryName(Session.Program)!;
        List<StartupFile.StartupEdit> edits = [.. shells.Select(shell => StartupFile.Of(session, shell).With(StartupFile.Block(shell, bin)))];
        edits.ForEach(Apply);
    }

    /// <summary>Makes the folder for links if necessary.</summary>
    /// <param name="directory">The folder; null for the present or usual one.</param>
    /// <exception cref="StoreException">No links may be kept there.</exception>
    public string CheckFolderOfLinks(string? directory)
    {
        var folder = directory ?? _links.Folder ?? EnvironmentLink.Choose(session);
        Directory.CreateDirectory(folder);
        return EnvironmentLinks.Objection(folder) is { } objection
            ? throw new StoreException(StoreFault.Untrusted, $"cannot keep links in {folder}: {objection}")
            {
                Hint = "name a directory of your own with --links-dir", Path = folder,
            }
            : folder;
    }

    /// <summary>Keeps links from now on if the user wants them, and makes or corrects them all.</summary>
    /// <param name="directory">The folder for them; null for the present or usual one.</param>
    /// <param name="isWanted">Whether the user asked for links; otherwise this asks, on a terminal only.</param>
    public void KeepLinks(string? directory, bool isWanted)
    {
        var before = _links.Folder;
        if (before is null && !isWanted && (isYes || asJson || !Terminal.CanAsk || session.Conda is null))
        {
            return;
        }

        if (before is null && !isWanted)
        {
            Terminal.Error.WriteLine(
                $"condafuse: links in {EnvironmentLink.Choose(session)} let conda and other tools find a mounted environment by name");
            if (!Question.IsAnswered("Keep a link to each environment there?", isYes: false))
            {
                return;
            }
        }

        var folder = CheckFolderOfLinks(directory);
        if (before != folder)
        {
            _removed.AddRange(_links.End());
            _links.Begin(folder);
        }

        _removed.AddRange(_links.Prune(name => session.Catalog.Find(name) is not null));
        foreach (var name in session.Catalog.List().Select(archive => archive.Name).DistinctBy(name => name.Value))
        {
            LinkTo(folder, name);
        }
    }

    /// <summary>Removes the blocks and the links.</summary>
    /// <param name="shells">The shells; null for all.</param>
    /// <param name="withLinks">Whether to remove the links as well.</param>
    public void Undo(IReadOnlyList<string>? shells, bool withLinks)
    {
        List<StartupFile.StartupEdit> edits = [.. (shells ?? StartupFile.Shells).Select(shell => StartupFile.Of(session, shell).Without())];
        edits.ForEach(Apply);
        if (withLinks)
        {
            _removed.AddRange(_links.End());
        }
    }

    /// <summary>Prints what was done.</summary>
    public void Report()
    {
        if (asJson)
        {
            JsonOutput.Write(Write);
            return;
        }

        foreach (var (edit, action) in _edits.Where(done => done.Action != "unchanged"))
        {
            Terminal.Out.WriteLine(action switch
            {
                "declined" => $"{edit.File.Path} is unchanged",
                "added" => $"Added: {edit.File.Path}",
                "updated" => $"Updated: {edit.File.Path}",
                _ => $"Removed: {edit.File.Path}",
            });
        }

        _made.ForEach(path => Terminal.Out.WriteLine($"Linked: {path}"));
        _removed.ForEach(path => Terminal.Out.WriteLine($"Removed: {path}"));
        _taken.ForEach(path => Message.Warning($"{path} exists and is not a link of condafuse; it is unchanged"));
        if (_made.Count + _removed.Count == 0 && _edits.TrueForAll(done => done.Action == "unchanged"))
        {
            Terminal.Out.WriteLine("Nothing to do");
        }
        else if (_edits.Exists(done => done.Action is "added" or "updated"))
        {
            Terminal.Error.WriteLine("hint: open a new shell to use the functions");
        }
    }

    private bool IsInstalled(string shell) => session.SearchPath.Any(folder => File.Exists(Path.Combine(folder, shell)));

    private void LinkTo(string folder, EnvironmentName name)
    {
        var path = Path.Combine(folder, name.Value);
        try
        {
            switch (_links.Keep(name, session.Planner.Plan(name.Value, directory: null).Prefix))
            {
                case LinkOutcome.Made:
                    _made.Add(path);
                    break;
                case LinkOutcome.Taken:
                    _taken.Add(path);
                    break;
            }
        }
        catch (Tree.TreeException failure)
        {
            Message.Warning($"there is no link to '{name}': {failure.Message}");
        }
    }

    /// <summary>Shows an edit, asks, and writes.</summary>
    private void Apply(StartupFile.StartupEdit edit)
    {
        var action = edit.Action;
        if (action != "unchanged")
        {
            if (!asJson)
            {
                Terminal.Error.WriteLine($"{edit.File.Path}:");
                foreach (var line in edit.Lines())
                {
                    Terminal.Error.WriteLine($"  {line}");
                }
            }

            if (Question.IsAnswered($"Change {edit.File.Path}?", isYes))
            {
                edit.Write();
            }
            else
            {
                action = "declined";
            }
        }

        _edits.Add((edit, action));
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("startupFiles");
        foreach (var (edit, action) in _edits)
        {
            json.WriteStartObject();
            json.WriteString("shell", edit.File.Shell);
            json.WriteString("path", edit.File.Path);
            json.WriteString("action", action);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("links");
        json.WriteString("directory", _links.Folder);
        json.WriteTexts("added", _made);
        json.WriteTexts("removed", _removed);
        json.WriteTexts("taken", _taken);
        json.WriteEndObject();
    }
}
