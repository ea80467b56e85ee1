using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace CondaFuse.Registry.Tests;

/// <summary>
/// A registry in memory with one repository, <c>team/env</c>. Options make it behave as certain registries do, or badly.
/// </summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly HttpServer _server;
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new(StringComparer.Ordinal);
    private int _sessions;

    public FakeRegistry() => _server = new HttpServer(call =>
    {
        Calls.Enqueue(call);
        return Intercept?.Invoke(call) ?? Answer(call);
    });

    public string Host => _server.Host;

    public RegistryReference Reference => RegistryReference.Parse($"{Host}/team/env:latest");

    public ConcurrentQueue<HttpCall> Calls { get; } = new();

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

    /// <summary>Manifests by tag and by digest.</summary>
    public ConcurrentDictionary<string, byte[]> Manifests { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers instead of the registry, if it does not return null.</summary>
    public Func<HttpCall, HttpReply?>? Intercept { get; set; }

    /// <summary>GHCR answers 416 to larger chunks.</summary>
    public int MaxPatch { get; set; } = int.MaxValue;

    /// <summary>ECR answers 201 to a chunk.</summary>
    public int PatchStatus { get; set; } = 202;

    public bool RefusesWhole { get; set; }

    public int? LeastChunk { get; set; }

    public bool HasImmutableTags { get; set; }

    public bool IgnoresRanges { get; set; }

    public void Dispose() => _server.Dispose();

    public IReadOnlyList<string> Methods() => [.. Calls.Select(call => $"{call.Method} {call.Path}")];

    private HttpReply Answer(HttpCall call)
    {
        const string repository = "/v2/team/env/";
        if (!call.Path.StartsWith(repository, StringComparison.Ordinal))
        {
            return Error(404, "NAME_UNKNOWN", "repository name not known to registry");
        }

        var rest = call.Path[repository.Length..];
        return rest.Split('/') switch
        {
            ["manifests", var name] => Manifest(call, name),
            ["blobs", "uploads", ""] => Start(),
            ["blobs", "uploads", var session] => Upload(call, session),
            ["blobs", var digest] => Blob(call, digest),
            ["tags", "list"] => new HttpReply(
                200, $$"""{"name":"team/env","tags":[{{string.Join(',', Tags().Select(tag => $"\"{tag}\""))}}]}"""),
            _ => Error(404, "UNKNOWN", ""),
        };
    }

    public static HttpReply Error(int status, string code, string message) =>
        new(status, $$"""{"errors":[{"code":"{{code}}","message":"{{message}}"}]}""");

    private IEnumerable<string> Tags() => Manifests.Keys.Where(key => !key.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private HttpReply Manifest(HttpCall call, string name)
    {
        if (call.Method == "PUT")
        {
            if (HasImmutableTags && Manifests.ContainsKey(name))
            {
                return Error(400, "TAG_INVALID", "the tag is immutable");
            }

            Manifests[name] = Manifests[Hash.Of(call.Body).ToString()] = call.Body;
            return new HttpReply(201);
        }

        return Manifests.TryGetValue(name, out var manifest) ? new HttpReply(200, manifest) : Error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    }

    private HttpReply Blob(HttpCall call, string digest)
    {
        if (!Blobs.TryGetValue(digest, out var blob))
        {
            return Error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        }

        if (call.Header("Range") is not { } range || IgnoresRanges)
        {
            return new HttpReply(200, blob);
        }

        var ends = range["bytes=".Length..].Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToList();
        return new HttpReply(206, blob[ends[0]..(ends[1] + 1)])
        {
            Headers = { ["Content-Range"] = $"bytes {ends[0]}-{ends[1]}/{blob.Length}" },
        };
    }

    private HttpReply Start()
    {
        var session = $"s{Interlocked.Increment(ref _sessions)}";
        _uploads[session] = [];
        var reply = new HttpReply(202) { Headers = { ["Location"] = $"/v2/team/env/blobs/uploads/{session}?state=a%2Fb" } };
        if (LeastChunk is { } least)
        {
            reply.Headers["OCI-Chunk-Min-Length"] = $"{least}";
        }

        return reply;
    }

    private HttpReply Upload(HttpCall call, string session)
    {
        if (!_uploads.TryGetValue(session, out var before))
        {
            return Error(404, "BLOB_UPLOAD_UNKNOWN", "");
        }

        var place = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Location"] = $"http://{Host}/v2/team/env/blobs/uploads/{session}?state=c", ["Range"] = $"0-{Math.Max(0, before.Length - 1)}",
        };
        switch (call.Method)
        {
            case "GET":
                return new HttpReply(204) { Headers = place };
            case "PATCH" when call.Body.Length > MaxPatch:
                return Error(413, "SIZE_INVALID", "chunk is too large");
            case "PATCH" when call.Header("Content-Range") != $"{before.Length}-{before.Length + call.Body.Length - 1}":
                return new HttpReply(416);
            case "PATCH":
                _uploads[session] = [.. before, .. call.Body];
                return new HttpReply(PatchStatus) { Headers = place };
            case "PUT" when RefusesWhole && call.Body.Length > 0:
                return Error(413, "SIZE_INVALID", "too large");
            default:
                byte[] content = [.. before, .. call.Body];
                if (call.Query("digest") != Hash.Of(content).ToString())
                {
                    return Error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
                }

                Blobs[call.Query("digest")!] = content;
                _uploads.TryRemove(session, out _);
                return new HttpReply(201);
        }
    }

    /// <summary>Replaces a part of a manifest, or of the configuration that it names, as a hostile registry would.</summary>
    public void EditManifest(Func<string, string> edit) =>
        Manifests["latest"] = Encoding.UTF8.GetBytes(edit(Encoding.UTF8.GetString(Manifests["latest"])));

    /// <summary>Replaces a blob that the manifest names, with the right digest and size.</summary>
    public void ReplaceBlob(string mediaType, Func<byte[], byte[]> edit) => EditManifest(text =>
    {
        using var json = System.Text.Json.JsonDocument.Parse(text);
        var root = json.RootElement;
        var entry = root.GetProperty("layers").EnumerateArray().Append(root.GetProperty("config"))
            .First(blob => blob.GetProperty("mediaType").GetString() == mediaType);
        var (digest, size) = (entry.GetProperty("digest").GetString()!, entry.GetProperty("size").GetInt64());
        var replaced = edit(Blobs[digest]);
        var hash = Hash.Of(replaced).ToString();
        Blobs[hash] = replaced;
        return text.Replace($"\"{digest}\",\"size\":{size}", $"\"{hash}\",\"size\":{replaced.Length}", StringComparison.Ordinal);
    });
}
