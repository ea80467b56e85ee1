namespace CondaFuse.Helper.Output;

/// <summary>Sizes as <c>ls -h</c> writes them.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "K", "M", "G", "T", "P"];

    /// <summary>Bytes, in the largest unit (of 1024) that leaves at least 1; one decimal below 10.</summary>
    public static string Human(long bytes)
    {
        const double step = 1024;
        double value = bytes;
        var unit = 0;
        while (value >= step && unit < Units.Length - 1)
        {
            value /= step;
            unit++;
        }

        const double fewDigits = 10;
        return unit > 0 && value < fewDigits ? $"{value:0.0}{Units[unit]}" : $"{value:0}{Units[unit]}";
    }
}
