using System.Text.RegularExpressions;

namespace CondaFuse.Architecture.Tests;

public class RoomTests
{
    /// <summary>The allowed dependencies: ARCHITECTURE.md in a form that a test can check.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Activation"] = [],
        ["EnvironmentFiles"] = [],
        ["Platform"] = [],
        ["Compression"] = [],
        ["Tree"] = [],
        ["ShellTemplates"] = [],
        ["Images"] = ["Compression", "Platform", "Tree"],
        ["Changes"] = ["Platform", "Tree"],
        ["Fuse"] = ["Platform"],
        ["Mounts"] = ["Platform"],
        ["Registry"] = ["Images", "Platform", "Tree"],
        ["Serving"] = ["Fuse", "Platform", "Tree"],
        ["Relocation"] = ["Platform", "Tree"],
        ["Packing"] = ["Compression", "Images", "Platform", "Relocation", "Tree"],
        ["Store"] = ["Changes", "Images", "Mounts", "Packing", "Platform", "Relocation", "Tree"],
        ["Lifecycle"] = ["Images", "Mounts", "Platform", "Serving", "Store", "Tree"],
        ["Helper"] = [
            "Activation",
            "Changes",
            "Compression",
            "EnvironmentFiles",
            "Fuse",
            "Images",
            "Lifecycle",
            "Mounts",
            "Packing",
            "Platform",
            "Registry",
            "Relocation",
            "Serving",
            "Store",
            "Tree",
        ],
    };

    [Fact]
    public void Every_room_is_known_here() => Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Repository.Rooms());

    [Fact]
    public void Rooms_reference_only_what_the_arrows_allow()
    {
        foreach (var room in Repository.Rooms())
        {
            Assert.Empty(Repository.References(room).Except(Allowed[room], StringComparer.Ordinal).Select(target => $"{room} -> {target}"));
        }
    }

    [Fact]
    public void References_are_not_inherited() =>
        Assert.Contains(
            "<DisableTransitiveProjectReferences>true<",
            File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")),
            StringComparison.Ordinal);

    [Fact]
    public void Native_calls_are_declared_in_Platform_and_in_the_codecs_only() =>
        Assert.Empty(Offenders(@"\b(LibraryImport|DllImport)\b", except: ["Platform", "Compression"]));

    [Fact]
    public void Only_Helper_uses_the_console_the_environment_or_the_clock() =>
        Assert.Empty(
            Offenders(
                @"\bConsole\.|\bEnvironment\.(Get|Set|Exit|Fail|Process|Current|User|Machine)|\bDateTime(Offset)?\.(Utc)?Now\b|\bStopwatch\b",
                except: ["Helper", "ShellTemplates"]));

    [Fact]
    public void Only_the_terminal_writes_to_the_console_and_only_shell_texts_past_it() =>
        Assert.Equal(
            [
                "src/Helper/Commands/ModuleCommand.cs", "src/Helper/Commands/NamedCommand.cs", "src/Helper/Commands/ShellSession.cs",
                "src/Helper/Commands/SlurmCommand.cs", "src/Helper/EmbeddedText.cs", "src/Helper/Output/Terminal.cs",
            ],
            Repository.Rooms().Except(["ShellTemplates", "Platform"], StringComparer.Ordinal).SelectMany(Repository.Sources)
                .Where(file => Matches(file.Text, @"\b(Console|StandardStream)\b")).Select(file => file.Path).Order(StringComparer.Ordinal));

    /// <summary>These use OpenSSL, which the framework loads when they are first used. Only registries need it.</summary>
    [Fact]
    public void Only_Registry_needs_a_library_that_the_machine_may_lack() =>
        Assert.Empty(Offenders(@"System\.Security\.Cryptography|System\.Net\.(Security|Http)|\bHttpClient\b", except: ["Registry"]));

    [Fact]
    public void Trees_codecs_and_image_formats_know_no_errno()
    {
        Assert.Empty(OffendersIn(@"\bErrno\b", "Tree", "Compression"));

        // In Images, code that uses the storage converts its errors into failures of a tree. A tree on disk does so directly.
        Assert.DoesNotContain(
            OffendersIn(@"\bErrno\b", "Images"),
            path => path != "src/Images/Blocks/StorageFailures.cs" && !path.StartsWith("src/Images/Disk/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_protocol_does_not_know_what_it_serves() => Assert.Empty(OffendersIn(@"CondaFuse\.(Tree|Images|Serving)", "Fuse"));

    [Fact]
    public void Reading_and_writing_do_not_know_each_other()
    {
        Assert.Empty(
            Repository.Sources("Images")
                .Where(file => file.Path.Contains("/Reading/", StringComparison.Ordinal) && Matches(file.Text, @"(SquashFs|Zip)\.Writing"))
                .Select(file => file.Path));
        Assert.Empty(
            Repository.Sources("Images")
                .Where(file => file.Path.Contains("/Writing/", StringComparison.Ordinal) && Matches(file.Text, @"(SquashFs|Zip)\.Reading"))
                .Select(file => file.Path));
    }

    [Fact]
    public void Formats_do_not_know_each_other()
    {
        Assert.Empty(
            Repository.Sources("Images")
                .Where(file => file.Path.Contains("/SquashFs/", StringComparison.Ordinal) && Matches(file.Text, @"Images\.Zip"))
                .Select(file => file.Path));
        Assert.Empty(
            Repository.Sources("Images")
                .Where(file => file.Path.Contains("/Zip/", StringComparison.Ordinal) && Matches(file.Text, @"Images\.SquashFs"))
                .Select(file => file.Path));
    }

    [Fact]
    public void No_file_is_longer_than_four_hundred_lines()
    {
        const int limit = 400;
        Assert.Empty(
            Repository.Rooms().SelectMany(Repository.Sources).Where(file => file.Text.AsSpan().Count('\n') > limit).Select(file => file.Path));
    }

    [Fact]
    public void No_line_is_longer_than_150_columns()
    {
        const int limit = 150;
        Assert.Empty(
            from file in Repository.AllSources()
            from line in File.ReadLines(file).Index()
            where line.Item.EnumerateRunes().Count() > limit
            select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1}");
    }

    [Fact]
    public void Private_fields_begin_with_an_underscore() =>
        Assert.Empty(Offenders(@"^ +private (readonly |volatile )*[\w<>?,*\[\]. ]+ [a-z]\w*( = [^>\n]+)?;$", except: []));

    [Fact]
    public void Documents_name_sources_that_exist()
    {
        var documents = Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));
        Assert.Empty(
            from document in documents
            from Match named in Regex.Matches(File.ReadAllText(document), @"\bsrc/[\w/.]+\.cs\b", RegexOptions.None, TimeSpan.FromMinutes(2))
            where !File.Exists(Path.Combine(Repository.Root, named.Value))
            select $"{Path.GetFileName(document)}: {named.Value}");
    }

    [Fact]
    public void No_static_field_can_change() =>
        Assert.Empty(
            Offenders(
                @"^\s*(private|internal|public|protected)\s+static\s+(?!readonly\b|partial\b|extern\b|unsafe\b|class\b|async\b)"
                + @"[A-Za-z<>\[\]?]+\s+\w+\s*(=[^>]|;)",
                except: []));

    private static IEnumerable<string> Offenders(string pattern, string[] except) =>
        OffendersIn(pattern, [.. Repository.Rooms().Except(except, StringComparer.Ordinal)]);

    private static IEnumerable<string> OffendersIn(string pattern, params string[] rooms) =>
        rooms.SelectMany(Repository.Sources).Where(file => Matches(file.Text, pattern)).Select(file => file.Path);

    private static bool Matches(string text, string pattern) => Regex.IsMatch(text, pattern, RegexOptions.Multiline, TimeSpan.FromMinutes(2));
}
