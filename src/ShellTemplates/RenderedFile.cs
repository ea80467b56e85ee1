namespace CondaFuse.ShellTemplates;

/// <summary>A text to embed, under the name by which the helper asks for it.</summary>
internal sealed record RenderedFile(string Name, string Text);
