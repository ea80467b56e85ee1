using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Requests;

/// <summary>Answers that the protocol fixes whatever is served.</summary>
public static class ProtocolAnswers
{
    /// <summary>
    /// No node has a state that FORGET would end. INTERRUPT is left to ENOSYS, after which the kernel sends no more of them: no
    /// request here waits for anything but storage. Python asks TCGETS of every file that it opens, hence ENOTTY.
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
