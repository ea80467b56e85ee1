namespace CondaFuse.ShellTemplates;

internal static class Program
{
    /// <summary>
    /// Renders the templates of the folder <c>args[0]</c> into the folder <c>args[1]</c> or, if that ends in <c>.cs</c>, into one C# file. Exits
    /// with 1 and a message for an invalid template, with 2 for wrong arguments.
    /// </summary>
    private static int Main(string[] args)
    {
        if (args is not [var templates, var output])
        {
            Console.Error.WriteLine("Usage: ShellTemplates TEMPLATES OUTPUT");
            return 2;
        }

        IReadOnlyList<RenderedFile> files;
        try
        {
            files = new TemplateFolder(templates).Render();
        }
        catch (Exception failure) when (failure is FormatException or Scriban.Syntax.ScriptRuntimeException)
        {
            // For a failure in an included part, the innermost exception has the reason.
            Console.Error.WriteLine(failure.GetBaseException().Message);
            return 1;
        }

        if (output.EndsWith(".cs", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
            File.WriteAllText(output, SourceFile.Write(files));
            return 0;
        }

        Directory.CreateDirectory(output);
        foreach (var file in files)
        {
            File.WriteAllText(Path.Combine(output, file.Name), file.Text);
        }

        return 0;
    }
}
