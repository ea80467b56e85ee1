using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Requests;

/// <summary>The result of a request: some bytes of payload, an error, or no reply.</summary>
public readonly record struct Answer
{
    private Answer(Errno error, int length, bool isSilent)
    {
        Error = error;
        Length = length;
        IsSilent = isSilent;
    }

    /// <summary>For requests that need no reply.</summary>
    public static Answer Silent => new(Errno.None, 0, isSilent: true);

    /// <summary>Success without payload.</summary>
    public static Answer Done => new(Errno.None, 0, isSilent: false);

    /// <summary>The error; <see cref="Errno.None"/> is success.</summary>
    public Errno Error { get; }

    /// <summary>Bytes of payload.</summary>
    public int Length { get; }

    /// <summary>Whether there is no reply.</summary>
    public bool IsSilent { get; }

    /// <summary>Success; the first <paramref name="length"/> bytes of the payload are the reply.</summary>
    public static Answer Payload(int length) => new(Errno.None, length, isSilent: false);

    /// <summary>Success; the value is the reply.</summary>
    /// <param name="payload">Where the reply is built.</param>
    /// <param name="value">The reply.</param>
    public static Answer Value<T>(Span<byte> payload, in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(payload, in value);
        return Payload(System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
    }

    /// <summary>Failed.</summary>
    public static Answer Failure(Errno error) => new(error, 0, isSilent: false);
}

/// <summary>Answers every request in the same way.</summary>
/// <param name="answer">The answer.</param>
public sealed class FixedAnswer(Answer answer) : IRequestHandler
{
    /// <inheritdoc/>
    public Answer Handle(in Request request, Span<byte> payload) => answer;
}

/// <summary>Answers fixed by the protocol, independent of what is served.</summary>
public static class ProtocolAnswers
{
    /// <summary>
    /// No node has state that FORGET would release. INTERRUPT gets ENOSYS, after which the kernel sends no more of them: requests here only wait for
    /// storage. Python sends TCGETS for every file that it opens, hence ENOTTY.
    /// </summary>
    public static IEnumerable<(Opcode Opcode, IRequestHandler Handler)> All { get; } =
    [
        (Opcode.Forget, new FixedAnswer(Answer.Silent)),
        (Opcode.BatchForget, new FixedAnswer(Answer.Silent)),
        (Opcode.NotifyReply, new FixedAnswer(Answer.Silent)),
        (Opcode.Ioctl, new FixedAnswer(Answer.Failure(Errno.ENOTTY))),
        (Opcode.Destroy, new FixedAnswer(Answer.Done)),
    ];
}
