using CondaFuse.Images;
using CondaFuse.Tree;

namespace CondaFuse.Store.Writing;

/// <summary>The image that changes are for, as it must still be when something is decided by it.</summary>
/// <param name="path">Its path.</param>
/// <param name="version">What it was when it was mounted.</param>
internal sealed class ExpectedImage(string path, GenerationInfo version)
{
    private GenerationInfo expected = version;

    /// <summary>The holder of the right to write committed.</summary>
    public void Committed(long generation) => expected = expected with { Generation = generation };

    /// <summary>Somebody may have committed meanwhile, or put another file there; or a commit of ours failed only after the image had the changes.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.ReadOnly"/>.</exception>
    public void Demand()
    {
        GenerationInfo now;
        try
        {
            now = GenerationInfo.Read(path);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            throw new TreeException(TreeFailure.ReadOnly, $"{path} was deleted, or cannot be read any more: {failure.Message}", failure);
        }

        if (now.Identity != expected.Identity || now.Generation != expected.Generation)
        {
            throw new TreeException(
                TreeFailure.ReadOnly,
                now.Identity == expected.Identity
                    ? $"{path} was changed since it was mounted here (generation {now.Generation}, mounted {expected.Generation}): unmount it and mount it again"
                    : $"{path} is another archive than the one that is mounted here: unmount it and mount it again");
        }
    }
}
