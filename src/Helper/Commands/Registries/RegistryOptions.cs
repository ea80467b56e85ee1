using System.CommandLine;
using CondaFuse.Registry;

namespace CondaFuse.Helper.Commands.Registries;

/// <summary>The options of all commands that send requests to registries.</summary>
internal sealed class RegistryOptions
{
    private readonly Option<string?> _ca = new("--ca")
    {
        Description = "Trust the certificates in this file beside those of the system", HelpName = "file",
    };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Accept any certificate, and plain http" };

    public static Argument<string> Reference(string name = "ref") => new(name) { Description = "HOST/REPOSITORY[:TAG][@DIGEST]" };

    public static Argument<string> Repository() => new("repo") { Description = "HOST/REPOSITORY" };

    public void AddTo(Command command)
    {
        command.Add(_ca);
        command.Add(_insecure);
    }

    public RegistrySettings Settings(Session session, ParseResult parsed) => new()
    {
        Home = session.Home,
        Variable = session.Variable,
        SearchPath = session.SearchPath,
        Environment = session.EnvironmentBlock,
        Clock = session.Clock,
        CaFile = parsed.GetValue(_ca),
        Insecure = parsed.GetValue(_insecure),
    };

    /// <summary>Waits for requests, which ^C cancels.</summary>
    public static T Wait<T>(Func<CancellationToken, Task<T>> work)
    {
        using var interrupt = new InterruptSource();
        return work(interrupt.Token).GetAwaiter().GetResult();
    }
}
