namespace CondaFuse.ShellTemplates.Tests;

public sealed class GoldenTests
{
    public static TheoryData<string> Names() =>
        [
            "init.bash",
            "init.zsh",
            "init.fish",
            "completions.bash",
            "completions.zsh",
            "completions.fish",
            "conda-fuse.sh",
            "run.sh",
            "interactive.bash",
            "interactive.zshenv",
            "interactive.zshrc",
            "interactive.fish",
            "actions.posix",
            "actions.fish",
            "actions.lua",
            "actions.tcl",
            "module.lua",
            "module.tcl",
            "rc-block.sh",
            "rc-block.fish",
            "slurm.sbatch",
            "slurm.sbcast",
            "slurm.keeper",
            "slurm.task-prolog",
            "slurm.epilog",
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_rendered_texts_are_the_reviewed_ones(string name)
    {
        var rendered = new TemplateFolder(Repository.Templates).Render().Single(file => file.Name == name).Text;
        var reviewed = File.ReadAllText(Path.Combine(Repository.Golden, name));
        Assert.True(rendered == reviewed, $"Golden/{name} is not what is rendered. To review the difference:\n"
            + "  dotnet run --project src/ShellTemplates -- shells tests/ShellTemplates.Tests/Golden && git diff tests/ShellTemplates.Tests/Golden");
    }

    [Fact]
    public void Exactly_the_reviewed_texts_are_rendered()
    {
        var rendered = new TemplateFolder(Repository.Templates).Render().Select(file => file.Name).Order(StringComparer.Ordinal);
        Assert.Equal(Directory.EnumerateFiles(Repository.Golden).Select(Path.GetFileName).Order(StringComparer.Ordinal), rendered);
    }
}
