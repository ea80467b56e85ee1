namespace CondaFuse.Helper.Output;

/// <summary>What went well enough, but not wholly.</summary>
internal static class Warnings
{
    public static void Write(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Console.Error.WriteLine($"condafuse: warning: {warning}");
        }
    }
}
