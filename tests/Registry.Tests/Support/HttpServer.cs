using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CondaFuse.Registry.Tests;

/// <summary>A request as it arrived.</summary>
internal sealed record HttpCall(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => Target.Split('?')[0];

    public string? Header(string name) => Headers.GetValueOrDefault(name.ToLowerInvariant());

    public string? Query(string name) => Target.Contains('?', StringComparison.Ordinal)
        ? Target.Split('?', 2)[1].Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair[0] == name)
            .Select(pair => Uri.UnescapeDataString(pair[1])).FirstOrDefault()
        : null;
}

/// <summary>An answer to send.</summary>
internal sealed record HttpReply(int Status, byte[] Body)
{
    public HttpReply(int status, string body = "")
        : this(status, Encoding.UTF8.GetBytes(body))
    {
    }

    /// <summary>Nothing is sent, and the connection is closed.</summary>
    public static HttpReply HangUp { get; } = new(0);

    public Dictionary<string, string> Headers { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The connection is closed after this many bytes of the body; null for never.</summary>
    public int? CutAfter { get; init; }

    /// <summary>The body goes on with zeros for ever, and has no length.</summary>
    public bool IsEndless { get; init; }

    /// <summary>After the headers, nothing is sent until the client gives up.</summary>
    public bool IsStalled { get; init; }
}

/// <summary>A small HTTP server on this machine, one thread per connection. It closes connections that speak TLS.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<HttpCall, HttpReply> _answer;

    /// <param name="answer">Answers a request.</param>
    public HttpServer(Func<HttpCall, HttpReply> answer)
    {
        _answer = answer;
        _listener.Start();
        Host = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = Task.Run(AcceptAsync);
    }

    public string Host { get; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end of the test
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                while (await ReadAsync(stream) is { } call && _answer(call) is { Status: > 0 } reply && await SendAsync(stream, call, reply))
                {
                }
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the client left
        }
    }

    private static async Task<HttpCall?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!Ends(head))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return null;
            }

            head.Add(one[0]);
            if (head.Count == 1 && !char.IsAsciiLetterUpper((char)one[0]))
            {
                return null; // TLS
            }
        }

        var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim(), StringComparer.Ordinal);
        var body = new byte[int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        var words = lines[0].Split(' ');
        return new HttpCall(words[0], words[1], headers, body);
    }

    private static bool Ends(List<byte> head) => head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';

    private async Task<bool> SendAsync(NetworkStream stream, HttpCall call, HttpReply reply)
    {
        var head = new StringBuilder($"HTTP/1.1 {reply.Status} x\r\n");
        foreach (var (name, value) in reply.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (!reply.IsEndless && reply.Status != 204)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.Body.Length}\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
        if (reply.IsStalled)
        {
            await Task.Delay(Timeout.Infinite, _end.Token);
        }

        if (call.Method == "HEAD")
        {
            return true;
        }

        await stream.WriteAsync(reply.Body.AsMemory(0, Math.Min(reply.Body.Length, reply.CutAfter ?? int.MaxValue)));
        var zeros = new byte[64 << 10];
        while (reply.IsEndless)
        {
            await stream.WriteAsync(zeros, _end.Token);
        }

        return reply.CutAfter is null;
    }
}
