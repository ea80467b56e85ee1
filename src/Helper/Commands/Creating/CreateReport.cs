using System.Text.Json;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>Tells the user what <c>create</c> did: messages on standard error, and JSON on standard output if that is wanted.</summary>
/// <param name="session">The variables.</param>
/// <param name="name">The environment.</param>
/// <param name="format">The archive's format.</param>
/// <param name="asJson">Whether to print JSON.</param>
internal sealed class CreateReport(Session session, EnvironmentName name, ArchiveFormat format, bool asJson)
{
    /// <summary>The archive was written.</summary>
    public void Created(MountPlan plan, PackResult result)
    {
        var screen = Screen.Of(session);
        Message.Error(
            $"created '{name}': {result.Counts.Total} files, {Sizes.Human(result.ContentBytes)}, in one file of {Sizes.Human(result.ImageBytes)}");
        Terminal.Error.WriteLine($"  archive  {screen.Shorten(plan.Archive)}");
        Terminal.Error.WriteLine($"  prefix   {screen.Shorten(plan.Prefix)}");
        if (session.Mounter.ReasonAgainst is { } reason)
        {
            Message.Error($"'{name}' is not mounted: {reason}", $"'condafuse run {ShellArgument.Of(name)} -- COMMAND' works without it");
        }
        else
        {
            Terminal.Error.WriteLine($"hint: conda-fuse-activate {ShellArgument.Of(name)}");
        }

        Write(json =>
        {
            json.WriteBoolean("created", true);
            json.WriteString("archive", plan.Archive);
            json.WriteString("format", format.Name());
            json.WriteString("prefix", plan.Prefix);
            json.WriteString("mountPoint", session.Mounter.CanMount ? plan.MountPoint : null);
            json.WriteNumber("bytes", result.ImageBytes);
            json.WriteNumber("files", result.Counts.Total);
            json.WriteNumber("uncompressedBytes", result.ContentBytes);
            json.WriteTexts("warnings", result.Warnings);
        });
    }

    /// <summary>conda succeeded without creating an environment.</summary>
    public void NotCreated(bool isDryRun)
    {
        Message.Error(isDryRun ? $"dry run: '{name}' was not created" : $"conda created no environment, so '{name}' was not created");
        WriteNotCreated(removed: null);
    }

    /// <summary>What an interrupted creation had left was removed.</summary>
    public void Dropped(string removed)
    {
        Message.Error($"removed {removed}");
        WriteNotCreated(removed);
    }

    /// <summary>No interrupted creation was found.</summary>
    /// <param name="complete">The archive, if the creation was complete.</param>
    public void NothingToDrop(Archive? complete)
    {
        if (complete is null)
        {
            Message.Error($"nothing to remove: no interrupted creation of '{name}' was found");
        }
        else
        {
            Message.Error(
                $"nothing to remove: '{name}' was created completely, in {complete.Path}", $"condafuse remove {ShellArgument.Of(name)} deletes it");
        }

        WriteNotCreated(removed: null);
    }

    private void WriteNotCreated(string? removed) => Write(json =>
    {
        json.WriteBoolean("created", false);
        json.WriteString("removed", removed);
    });

    private void Write(Action<Utf8JsonWriter> fields)
    {
        if (asJson)
        {
            JsonOutput.Write(json =>
            {
                json.WriteString("name", name.Value);
                fields(json);
            });
        }
    }
}
