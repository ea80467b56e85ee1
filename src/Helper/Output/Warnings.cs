namespace CondaFuse.Helper.Output;

/// <summary>What went well enough, but not wholly.</summary>
internal static class Warnings
{
    /// <summary>Writes a line for each.</summary>
    public static void Write(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Terminal.Error.WriteLine($"condafuse: warning: {warning}");
        }
    }

    /// <summary>Writes texts of ours that have several lines.</summary>
    public static void WriteLines(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Terminal.Error.WriteLines($"condafuse: warning: {warning}");
        }
    }
}
