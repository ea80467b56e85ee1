namespace CondaFuse.ShellTemplates;

internal static class Program
{
    /// <summary>Renders the templates of the folder <c>args[0]</c> into the folder <c>args[1]</c>; 2 when called otherwise.</summary>
    private static int Main(string[] args)
    {
        if (args is not [var templates, var output])
        {
            Console.Error.WriteLine("Usage: ShellTemplates TEMPLATES OUTPUT");
            return 2;
        }

        Directory.CreateDirectory(output);
        foreach (var file in new TemplateFolder(templates).Render())
        {
            File.WriteAllText(Path.Combine(output, file.Name), file.Text);
        }

        return 0;
    }
}
