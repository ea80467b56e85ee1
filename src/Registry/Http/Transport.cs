using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CondaFuse.Registry.Http;

/// <summary>The connections to a registry: TLS, own certificates, proxies. Redirects and credentials are decided elsewhere.</summary>
internal sealed class Transport : IDisposable
{
    private const int MaxConnections = 8;
    private const int MaxHeaderKilobytes = 64;
    private readonly RegistrySettings _settings;
    private readonly Lazy<X509Certificate2Collection?> _roots;
    private readonly string _host;
    private volatile bool _sawCertificate;

    public Transport(RegistrySettings settings, string host)
    {
        OpenSsl.Demand();
        (_settings, _host) = (settings, host);
        _roots = new Lazy<X509Certificate2Collection?>(Roots);
        Client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
                Credentials = null,
                PreAuthenticate = false,
                UseProxy = true,
                Proxy = new VariableProxy(settings.Variable),
                ConnectTimeout = settings.RetryPolicy.Connecting,
                MaxConnectionsPerServer = MaxConnections,
                MaxResponseHeadersLength = MaxHeaderKilobytes,
                MaxResponseDrainSize = 0,
                ActivityHeadersPropagator = null,
                SslOptions = Tls(),
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each request has its own deadline
        };
    }

    public HttpClient Client { get; }

    /// <summary>Whether a server showed a certificate, so that it does speak TLS.</summary>
    public bool SawCertificate => _sawCertificate;

    /// <summary>Whether a host is this machine.</summary>
    public static bool IsLoopback(Uri target) => target.IsLoopback;

    /// <summary>Whether requests may go there.</summary>
    public bool Allows(Uri target) =>
        target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && AllowsPlain(target));

    /// <summary>Whether plain http is allowed there.</summary>
    public bool AllowsPlain(Uri target) => _settings.Insecure || IsLoopback(target);

    public void Dispose() => Client.Dispose();

    private SslClientAuthenticationOptions Tls() => new()
    {
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            _sawCertificate = true;
            return _settings.Insecure || errors == SslPolicyErrors.None
                || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 own && IsTrustedHere(own, chain));
        },
    };

    /// <summary>Whether a certificate leads to one of the roots that the user or the site trusts for registries.</summary>
    private bool IsTrustedHere(X509Certificate2 certificate, X509Chain? sent)
    {
        if (_roots.Value is not { Count: > 0 } roots)
        {
            return false;
        }

        const string serverAuthentication = "1.3.6.1.5.5.7.3.1";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(serverAuthentication));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate);
    }

    /// <summary>The certificates of <c>--ca</c> and SSL_CERT_FILE, and those in the folders that docker and podman read for this host.</summary>
    private X509Certificate2Collection? Roots()
    {
        var roots = new X509Certificate2Collection();
        // The fetcher's own environment does not have the variable.
        foreach (var file in new[] { _settings.CaFile, _settings.Variable("SSL_CERT_FILE") }.OfType<string>())
        {
            Import(roots, file);
        }

        string[] folders = ["/etc/docker/certs.d", "/etc/containers/certs.d", Path.Combine(_settings.Home, ".config/containers/certs.d")];
        foreach (var folder in folders.Select(folder => Path.Combine(folder, _host)).Where(Directory.Exists))
        {
            foreach (var certificate in Directory.EnumerateFiles(folder, "*.crt"))
            {
                Import(roots, certificate);
            }
        }

        return roots;
    }

    private static void Import(X509Certificate2Collection roots, string file)
    {
        try
        {
            roots.ImportFromPemFile(file);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new RegistryException(RegistryFault.Denied, $"cannot read certificates from {file}: {failure.Message}", failure);
        }
    }
}
