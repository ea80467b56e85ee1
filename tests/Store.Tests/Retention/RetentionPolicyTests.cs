using CondaFuse.Store.Retention;

namespace CondaFuse.Store.Tests.Retention;

public class RetentionPolicyTests
{
    private const long Hour = 3600;
    private const long Day = 24 * Hour;

    /// <summary>Noon, so that a day earlier is another day (UTC).</summary>
    private const long Now = (20000 * Day) + (12 * Hour);

    [Theory]
    [InlineData("10,48h,30d", 10, 48, 30)]
    [InlineData("2", 2, 48, 30)]
    [InlineData("5, 1h", 5, 1, 30)]
    [InlineData("0d,0h,3", 3, 0, 0)]
    [InlineData("90d", 10, 48, 90)]
    public void Settings_are_read(string text, int newest, int hours, int days)
    {
        var policy = RetentionPolicy.TryParse(text);
        Assert.Equal(new RetentionPolicy(newest, hours, days), policy);
        Assert.Equal(policy, RetentionPolicy.TryParse(policy!.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("ten")]
    [InlineData("10,")]
    [InlineData("10,20")]
    [InlineData("-1h")]
    [InlineData("1h,2h")]
    [InlineData("99999999999d")]
    [InlineData("ALL")]
    public void Anything_else_is_an_invalid_setting(string text) => Assert.Null(RetentionPolicy.TryParse(text));

    [Fact]
    public void All_keeps_everything()
    {
        var all = RetentionPolicy.TryParse("all")!;
        Assert.Equal("all", all.ToString());
        Assert.Equal(1000, all.Keep([.. Enumerable.Range(0, 1000).Select(number => new RetainedGeneration(1000 - number, 0))], Now).Count);
    }

    /// <summary>
    /// A history, the newest first: age in hours; then <c>r</c> for a rollback, <c>e</c> for an emptied generation. Numbers count down to 1.
    /// </summary>
    [Theory]
    // The newest are kept, whatever their age.
    [InlineData("3,0h,0d", "900 1000 1100 1200 1300", "5 4 3")]
    [InlineData("2,0h,0d", "0", "1")]
    [InlineData("2,0h,0d", "", "")]
    // All within some hours, whatever their number; the limit itself is excluded.
    [InlineData("2,48h,0d", "0 1 2 3 47 48 49", "7 6 5 4 3")]
    // The last of each day; days before the limit are not kept.
    [InlineData("2,0h,3d", "0 1 2 13 14 37 38 61 62", "9 8 6 4")]
    // A commit time in the future counts as now: it is recent, and of today.
    [InlineData("2,48h,0d", "-9999 -9999 -9999 0 100", "5 4 3 2")]
    [InlineData("2,0h,2d", "-9999 -100 -50 0 100", "5 4")]
    // A clock that was wrong once does not make other generations old.
    [InlineData("2,10h,0d", "1 99999 2 3 20", "5 4 3 2")]
    // The generation that a kept rollback undid, and the one that that undid in turn.
    [InlineData("2,0h,0d", "0 1r 2 3", "4 3 2")]
    [InlineData("2,0h,0d", "0 1r 2r 3 4", "5 4 3 2")]
    [InlineData("2,0h,0d", "0 1 2r 3", "4 3")]
    // Emptied generations do not displace others: the last environment stays, and so do the generations that could be undone before.
    [InlineData("2,0h,0d", "0e 1e 2e 3e 4 5 6", "7 6 5 4 3 2")]
    [InlineData("2,0h,2d", "0e 1 2 30 31e 32", "6 5 4 3 2")]
    [InlineData("2,0h,0d", "0 1e 2 3 4e 5", "6 5 4")]
    public void Table(string policy, string history, string kept)
    {
        var words = history.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var generations = words.Select((word, index) => new RetainedGeneration(
            words.Length - index, Now - (long.Parse(word.TrimEnd('r', 'e')) * Hour), word.EndsWith('r'), word.EndsWith('e'))).ToList();
        var result = RetentionPolicy.TryParse(policy)!.Keep(generations, Now);
        Assert.Equal(kept, string.Join(' ', result.OrderDescending()));
    }

    /// <summary>100 commits a day for 90 days: checks the promise of the default policy literally.</summary>
    [Fact]
    public void By_default_ten_generations_two_days_and_one_per_day_of_a_month_stay()
    {
        const int perDay = 100;
        var history = Enumerable.Range(0, 90 * perDay)
            .Select(index => new RetainedGeneration(90 * perDay - index, Now - (index * Day / perDay)))
            .ToList();
        var kept = RetentionPolicy.Default.Keep(history, Now);
        Assert.All(history.Take(10), generation => Assert.Contains(generation.Number, kept));
        Assert.All(history.Where(generation => Now - generation.Seconds < 48 * Hour), generation => Assert.Contains(generation.Number, kept));
        for (var day = 0; day < 30; day++)
        {
            Assert.Contains(history.First(generation => generation.Seconds / Day == (Now / Day) - day).Number, kept);
        }

        Assert.Equal(200 + 27, kept.Count);
    }
}
