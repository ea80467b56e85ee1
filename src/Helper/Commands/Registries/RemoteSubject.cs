using System.CommandLine;
using System.Globalization;
using CondaFuse.Helper.Output;
using CondaFuse.Images.Remote;
using CondaFuse.Registry;
using CondaFuse.Registry.Fetching;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands.Registries;

/// <summary>The options of commands that mount an environment, which may be in a registry.</summary>
internal sealed class RemoteOptions
{
    private readonly RegistryOptions _registry = new();

    private readonly Option<bool> _offline = new("--offline")
    {
        Description = "Of an environment in a registry, use only what was fetched before",
    };

    public void AddTo(Command command)
    {
        _registry.AddTo(command);
        command.Add(_offline);
    }

    /// <summary>What to mount for the user's argument: the description of an image if it is a reference.</summary>
    public string Resolve(Session session, ParseResult parsed, string subject)
    {
        if (!RegistryReference.IsOne(subject))
        {
            return subject;
        }

        var settings = _registry.Settings(session, parsed);
        return new RemoteSubject(session).Resolve(RegistryReference.Parse(subject), settings.CaFile, settings.Insecure, parsed.GetValue(_offline));
    }
}

/// <summary>Finds what a reference names, and the file that stands for its archive. Requests to registries are made by another process.</summary>
/// <param name="session">The variables and paths.</param>
internal sealed class RemoteSubject(Session session)
{
    /// <summary>The folder of the cache.</summary>
    public const string CacheVariable = "CONDA_FUSE_CACHE";

    /// <summary>A cache that others filled.</summary>
    public const string LowerVariable = "CONDA_FUSE_CACHE_LOWER";

    /// <summary>The largest size of the cache.</summary>
    public const string SizeVariable = "CONDA_FUSE_CACHE_SIZE";

    /// <summary>How long a read waits for a registry.</summary>
    public const string TimeoutVariable = "CONDA_FUSE_FETCH_TIMEOUT";

    private const string UsualFolder = "cache";
    private const long UsualBytes = 10L << 30;
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The folder of the cache.</summary>
    public string CacheFolder => Path.GetFullPath(session.Variable(CacheVariable) ?? Path.Combine(session.Layout.Runtime.Path, UsualFolder));

    /// <summary>What to mount for the user's argument, with the usual settings.</summary>
    public string ResolveUsual(string subject) => RegistryReference.IsOne(subject)
        ? Resolve(RegistryReference.Parse(subject), caFile: null, isInsecure: false, isOffline: false)
        : subject;

    /// <summary>The path of the description of what a reference names.</summary>
    /// <exception cref="RegistryException">There is none, or it cannot be read.</exception>
    public string Resolve(RegistryReference reference, string? caFile, bool isInsecure, bool isOffline)
    {
        _ = EnvironmentName.Parse(reference.LastName);
        return isOffline ? ResolveOffline(reference) : Ask(new MountRequest(
            reference.ToString(), CacheFolder, session.Variable(LowerVariable), Timeout,
            new MountSettings
            {
                Home = session.Home, SearchPath = session.Variable("PATH") ?? "", Insecure = isInsecure, CacheBytes = CacheBytes,
                CaFile = caFile is null ? null : Path.GetFullPath(caFile), Variables = MountSettings.Choose(session.Variable),
            }));
    }

    private string Ask(MountRequest request)
    {
        // As long again for the tables.
        var timeout = request.Timeout + request.Timeout;
        try
        {
            return new FetcherClient(session.Layout.Runtime.Path).Ask(request.ToTexts(), timeout).Texts[0];
        }
        catch (FetchException failure)
        {
            throw new RegistryException(
                Enum.TryParse<RegistryFault>(failure.Kind, out var fault) ? fault : RegistryFault.Unreachable, failure.Message, failure)
            {
                Hint = failure.Hint,
            };
        }
    }

    private string ResolveOffline(RegistryReference reference)
    {
        using var cache = BlobCache.Open(CacheFolder);
        var digest = reference.Digest?.Hex ?? cache.DigestOf(reference.ToString());
        var description = digest is null ? null : cache.DescriptionOf(digest, reference.LastName);
        if (description is null || !File.Exists(description))
        {
            throw new RegistryException(RegistryFault.NotFound, $"{reference} was never mounted on this machine, so it cannot be used with --offline")
            {
                Hint = $"condafuse mount {ShellArgument.Of($"{RegistryReference.Scheme}{reference}")}",
            };
        }

        return cache.Describe(reference.LastName, RemoteDescription.Read(description) with
        {
            IsOffline = true, LowerCache = session.Variable(LowerVariable), Runtime = session.Layout.Runtime.Path,
        });
    }

    private TimeSpan Timeout => session.Variable(TimeoutVariable) is { } text
        ? uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw Mistaken(TimeoutVariable, text, "a number of seconds from 1 to 3600")
        : UsualTimeout;

    private long CacheBytes => session.Variable(SizeVariable) is { } text
        ? Sizes.TryParse(text) ?? throw Mistaken(SizeVariable, text, "a size such as 500M or 20G")
        : UsualBytes;

    private static StoreException Mistaken(string variable, string value, string wanted) =>
        new(StoreFault.BadName, $"{variable} is '{value}'; it must be {wanted}");
}
