using System.Net.Http.Headers;

namespace CondaFuse.Registry.Http;

/// <summary>A request to a registry.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The address.</param>
/// <param name="Scope">What it needs permission for: <c>repository:NAME:pull</c>.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Target, string Scope)
{
    /// <summary>Media types that are accepted; empty for any.</summary>
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>The range of bytes that is wanted; null for all.</summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>Makes the body; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Length of the body.</summary>
    public long ContentBytes { get; init; }

    /// <summary>The most bytes of a body that is received together with the answer; null leaves the body to the caller.</summary>
    public int? BodyLimit { get; init; }

    /// <summary>Whether it may be sent again after a failure.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>Whether redirects are followed.</summary>
    public bool FollowsRedirects => Method == HttpMethod.Get || Method == HttpMethod.Head;

    /// <summary>The message for one attempt.</summary>
    public HttpRequestMessage ToMessage(Uri target)
    {
        var message = new HttpRequestMessage(Method, target) { Content = Content?.Invoke() };
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("condafuse", productVersion: null));
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        message.Headers.Range = Range;
        foreach (var type in Accept)
        {
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        return message;
    }
}
