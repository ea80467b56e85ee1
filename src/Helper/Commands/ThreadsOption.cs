using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary><c>-j</c>, as conda-pack has it.</summary>
internal static class ThreadsOption
{
    private const int Most = 256;

    public static Option<int> Create() =>
        new Option<int>("--n-threads", "-j") { Description = "Threads; -1 is one a core", DefaultValueFactory = _ => -1, HelpName = "n" }
            .Taking($"a number from 1 to {Most}, or -1 for one a core", number => number is -1 or (>= 1 and <= Most));

    /// <summary>Threads for a value of the option.</summary>
    public static int Count(int value) => value < 0 ? Environment.ProcessorCount : value;
}
