using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CondaFuse.Registry.Credentials;

namespace CondaFuse.Registry.Http;

/// <summary>
/// The credentials of requests to one registry: none until it asks, then those of the user, or a token for them (distribution's token
/// authentication). A token is renewed when the registry refuses it.
/// </summary>
/// <param name="settings">Where credentials are.</param>
/// <param name="registry">The registry, as references name it.</param>
/// <param name="allows">Whether requests may go to an address.</param>
/// <param name="send">Sends a request once.</param>
internal sealed class Authorizer(
    RegistrySettings settings, string registry, Func<Uri, bool> allows,
    Func<HttpRequestMessage, long, CancellationToken, Task<HttpResponseMessage>> send)
{
    private const int MaxToken = 64 << 10;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AuthenticationHeaderValue> _headers = new(StringComparer.Ordinal);
    private readonly Lazy<Credential?> _credential = new(() => new CredentialStore(settings).Find(registry));

    /// <summary>The header for a scope; null if the registry has not asked for one.</summary>
    public AuthenticationHeaderValue? HeaderFor(string scope)
    {
        lock (_gate)
        {
            return _headers.GetValueOrDefault(scope);
        }
    }

    /// <summary>Gets credentials that the registry accepts for a scope.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Denied"/>: there are none.</exception>
    public async Task RenewAsync(HttpResponseMessage refusal, string scope, CancellationToken cancellation)
    {
        var challenge = Challenge.Find(refusal.Headers.WwwAuthenticate.Select(header => header.ToString()));
        var header = challenge switch
        {
            { Scheme: "bearer" } => new AuthenticationHeaderValue("Bearer", await TokenAsync(challenge, scope, cancellation)),
            { Scheme: "basic" } => Basic() ?? throw Denied($"{registry} wants a user name and a password, and none are stored for it"),
            _ => throw Denied($"{registry} wants credentials of an unknown kind"),
        };
        lock (_gate)
        {
            _headers[scope] = header;
        }
    }

    private RegistryException Denied(string message, Exception? inner = null) =>
        new(RegistryFault.Denied, message, inner) { Hint = Failures.LoginHint(registry) };

    private AuthenticationHeaderValue? Basic() => _credential.Value is { Password: not null } credential
        ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Password}")))
        : null;

    private async Task<string> TokenAsync(Challenge challenge, string scope, CancellationToken cancellation)
    {
        if (_credential.Value?.RegistryToken is { } given)
        {
            return given;
        }

        var realm = challenge.Parameters.GetValueOrDefault("realm");
        if (!Uri.TryCreate(realm, UriKind.Absolute, out var address) || !allows(address))
        {
            throw new RegistryException(RegistryFault.Refused, $"{registry} names no secure address for tokens");
        }

        var service = challenge.Parameters.GetValueOrDefault("service");
        var wanted = challenge.Parameters.GetValueOrDefault("scope") is { Length: > 0 } asked ? asked : scope;
        using var answer = await AskAsync(address, service, wanted, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw Failures.MayPass(answer.StatusCode)
                ? new HttpRequestException($"{address.Authority} answered {(int)answer.StatusCode} to a request for a token")
                : Denied($"{address.Authority} refuses a token for {registry} ({(int)answer.StatusCode})"
                    + (_credential.Value is null ? "; no credentials are stored for it" : ""));
        }

        using var body = new Body(await answer.Content.ReadAsStreamAsync(cancellation), settings.RetryPolicy, settings.Clock);
        return Token(await body.ReadAllAsync(MaxToken, $"the token of {address.Authority}", cancellation))
            ?? throw new RegistryException(RegistryFault.Refused, $"{address.Authority} answered without a token");
    }

    private Task<HttpResponseMessage> AskAsync(Uri address, string? service, string scope, CancellationToken cancellation)
    {
        if (_credential.Value is { IdentityToken: { } identity })
        {
            var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "refresh_token", ["service"] = service ?? "", ["scope"] = scope, ["client_id"] = "condafuse",
                ["refresh_token"] = identity,
            });
            return send(new HttpRequestMessage(HttpMethod.Post, address) { Content = form }, 0, cancellation);
        }

        var query = $"scope={Uri.EscapeDataString(scope)}{(service is null ? "" : $"&service={Uri.EscapeDataString(service)}")}";
        var target = new UriBuilder(address) { Query = address.Query is { Length: > 1 } own ? $"{own[1..]}&{query}" : query }.Uri;
        var message = new HttpRequestMessage(HttpMethod.Get, target);
        message.Headers.Authorization = Basic();
        return send(message, 0, cancellation);
    }

    private static string? Token(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            foreach (var name in (ReadOnlySpan<string>)["token", "access_token"])
            {
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
                    && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } token
                    && token.All(letter => letter is > ' ' and <= '~'))
                {
                    return token;
                }
            }
        }
        catch (JsonException)
        {
            // reported by the caller
        }

        return null;
    }
}
