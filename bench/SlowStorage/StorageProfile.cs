using System.Globalization;

namespace CondaFuse.SlowStorage;

/// <summary>What a network storage costs.</summary>
/// <param name="RoundTrip">From a request to the first byte of its reply, with nothing else on the link.</param>
/// <param name="BytesPerSecond">Rate of the link, which all replies share.</param>
internal sealed record StorageProfile(TimeSpan RoundTrip, double BytesPerSecond)
{
    private const double BytesPerMegabit = 125_000;

    /// <summary>Parses the command line's values.</summary>
    /// <param name="milliseconds">Round trip in milliseconds.</param>
    /// <param name="megabits">Rate in Mbit/s.</param>
    internal static StorageProfile Parse(string milliseconds, string megabits) => new(
        TimeSpan.FromMilliseconds(double.Parse(milliseconds, CultureInfo.InvariantCulture)),
        double.Parse(megabits, CultureInfo.InvariantCulture) * BytesPerMegabit);
}
