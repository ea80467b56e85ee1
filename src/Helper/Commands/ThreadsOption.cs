using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary><c>-j</c>, as conda-pack has it.</summary>
internal static class ThreadsOption
{
    private const int Most = 256;

    public static Option<int> Create()
    {
        var option = new Option<int>("--n-threads", "-j") { Description = "Threads; -1 is one a core", DefaultValueFactory = _ => -1, HelpName = "n" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is 0 or < -1 or > Most)
            {
                result.AddError($"--n-threads takes a number from 1 to {Most}, or -1 for one a core");
            }
        });
        return option;
    }

    /// <summary>Threads for a value of the option.</summary>
    public static int Count(int value) => value < 0 ? Environment.ProcessorCount : value;
}
