namespace CondaFuse.Helper;

/// <summary>Shell text that was rendered when the program was built.</summary>
internal static class EmbeddedText
{
    /// <summary>Copies a text to standard output as it is.</summary>
    public static void Print(string name)
    {
        using var text = Open(name);
        using var output = Console.OpenStandardOutput();
        text.CopyTo(output);
    }

    /// <summary>A text as a string.</summary>
    public static string Read(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"this build has no text '{name}'");
}
