using System.Numerics;
using CondaFuse.Store.Writing;
using Xunit.Abstractions;

namespace CondaFuse.Store.Tests.Writing;

public sealed class ClaimProtocolTests(ITestOutputHelper output)
{
    /// <summary>For each process: whether its host has working locks, and the host's number.</summary>
    public static TheoryData<string> Two => ["L0 L0", "L0 L1", "L0 N0", "L0 N1", "N0 N0", "N0 N1"];

    public static TheoryData<string> Three => ["L0 L1 N2", "L0 N1 N2", "L0 L0 N0", "L0 N0 N0", "N0 N0 N0", "N0 N1 N2", "L0 N0 N1"];

    [Theory]
    [MemberData(nameof(Two))]
    public void Two_processes_never_both_have_the_lock(string who) => Explore(who, failures: 2, crashes: 1);

    [Theory]
    [MemberData(nameof(Three))]
    public void Of_three_processes_never_two_have_the_lock(string who)
    {
        Explore(who, failures: 0, crashes: 1);
        Explore(who, failures: 1, crashes: 0);
    }

    [Theory]
    [InlineData("L0")]
    [InlineData("N0")]
    public void A_single_process_gets_the_lock(string who)
    {
        var model = new ClaimModel(1, failures: 0);
        model.Explore(World(who, default, failures: 0, crashes: 0));
        Assert.True(model.Won > 0);
        Assert.Equal(0, model.Leftovers);
    }

    private void Explore(string who, int failures, int crashes)
    {
        var folders = new ModelFolder[]
        {
            default, // no process was here
            new(Writer: 1, Inodes: 1, LockedInodes: 0, Holders: 0, Lease: ClaimModel.Former, Breaks: 0), // a process without locks died
            new(Writer: 1, Inodes: 1, LockedInodes: 0, Holders: ClaimModel.Former, Lease: 0, Breaks: 0), // one with locks died
        };
        var runs = BigInteger.Zero;
        var states = 0;
        foreach (var folder in folders)
        {
            var model = new ClaimModel(who.Split(' ').Length, failures);
            runs += model.Explore(World(who, folder, failures, crashes));
            states += model.States;
            Assert.Empty(model.Violations);
            Assert.Equal(0, model.Leftovers);
        }

        output.WriteLine($"{who}, {failures} failures, {crashes} deaths: {runs} runs, {states} states, 0 violations");
    }

    private static ModelWorld World(string who, ModelFolder folder, int failures, int crashes)
    {
        var actors = who.Split(' ').Select(word => new ModelActor(ClaimState.Start, word[1] - '0', word[0] == 'L')).ToArray();
        return new ModelWorld(actors[0], actors.ElementAtOrDefault(1), actors.ElementAtOrDefault(2), folder, failures, crashes);
    }
}
