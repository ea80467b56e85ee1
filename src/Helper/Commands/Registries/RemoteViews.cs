using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CondaFuse.Helper.Output;
using CondaFuse.Registry;
using CondaFuse.Registry.Transfer;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands.Registries;

/// <summary><c>condafuse tags REPO</c>.</summary>
internal static class TagsCommand
{
    public static Command Create(Session session)
    {
        var (repository, options, json) = (RegistryOptions.Repository(), new RegistryOptions(), CommonOptions.Json());
        var command = new Command("tags", "List the tags of a repository in a registry") { repository };
        options.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var place = RegistryReference.ParseRepository(parsed.GetRequiredValue(repository));
            var settings = options.Settings(session, parsed);
            var tags = RegistryOptions.Wait(cancellation => RemoteEnvironment.TagsAsync(settings, place, cancellation));
            JsonOutput.WriteOr(parsed.GetValue(json), tags, writer =>
            {
                writer.WriteString("repository", place.RepositoryText);
                writer.WriteTexts("tags", tags);
            });
        });
        return command;
    }
}

/// <summary>What <c>info</c> and <c>list</c> show of registries.</summary>
internal static class RemoteViews
{
    private static readonly string[] Titles = ["TAG", "GENERATION", "SIZE", "TIME", "MESSAGE"];

    /// <summary><c>condafuse info oci://REF</c>.</summary>
    public static void PrintInfo(Session session, RegistrySettings settings, string reference, bool json)
    {
        var place = RegistryReference.Parse(reference);
        var found = RegistryOptions.Wait(cancellation => RemoteEnvironment.ReadAsync(settings, place, cancellation));
        if (json)
        {
            JsonOutput.Write(writer => Write(writer, found));
            return;
        }

        var config = found.Config;
        var table = Table.Wrapped(2);
        table.Add("reference", found.Reference.ToString());
        table.Add("digest", found.Digest.ToString());
        table.Add("archive", $"{config.Identity}, generation {config.Generation.Number}");
        table.Add("generations", string.Join(", ", config.History.Select(entry => entry.Number)));
        table.Add("made", GenerationText.Time(TimeOf(found)));
        if (config.Message.Length > 0)
        {
            table.Add("message", FirstLine(config.Message));
        }

        table.Add("size", $"{Sizes.Human(config.Bytes)} ({config.Bytes} bytes)");
        table.Add("unpacked", $"{Sizes.Human(config.Generation.ContentBytes)} ({config.Generation.ContentBytes} bytes)");
        table.Add("in the registry", $"{Sizes.Human(found.StoredBytes)} ({found.StoredBytes} bytes), {found.Blobs} blobs with data");
        table.Add("prefix", config.Prefix ?? "unknown");
        table.Add("platform", config.Platform);
        table.Write(Terminal.Out, Screen.Of(session));
    }

    /// <summary><c>condafuse list --remote REPO</c>.</summary>
    public static void PrintList(Session session, RegistrySettings settings, string repository, bool json)
    {
        var place = RegistryReference.ParseRepository(repository);
        var found = RegistryOptions.Wait(cancellation => RemoteEnvironment.ListAsync(settings, place, cancellation));
        if (json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteString("repository", place.RepositoryText);
                writer.WriteStartArray("environments");
                foreach (var (tag, environment) in found.Where(entry => entry.Environment is not null))
                {
                    writer.WriteStartObject();
                    writer.WriteString("tag", tag);
                    Write(writer, environment!);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return;
        }

        var screen = Screen.Of(session);
        var table = new Table(
            new Column(), new Column(IsRightAligned: true), new Column(IsRightAligned: true), new Column(Spare: 1), new Column(Spare: 2));
        table.AddShaded([.. Titles.Select(title => new Cell(title, Shade.Bold))]);
        foreach (var (tag, environment) in found)
        {
            if (environment is { Config: var config })
            {
                table.AddShaded(
                    tag, new Cell(config.Generation.Number.ToString(CultureInfo.InvariantCulture), Shade.Yellow), Sizes.Human(config.Bytes),
                    screen.Time(TimeOf(environment)), FirstLine(config.Message));
            }
            else
            {
                table.AddShaded(tag, "-", "-", "-", new Cell("not an environment", Shade.Dim));
            }
        }

        table.Write(Terminal.Out, screen);
    }

    private static Timestamp TimeOf(RemoteEnvironment environment) =>
        new(environment.Config.Generation.Seconds, environment.Config.Generation.Nanoseconds);

    private static string FirstLine(string message) => message.Split('\n')[0];

    private static void Write(Utf8JsonWriter json, RemoteEnvironment found)
    {
        var config = found.Config;
        json.WriteString("reference", found.Reference.ToString());
        json.WriteString("digest", found.Digest.ToString());
        json.WriteString("identity", config.Identity.ToString());
        json.WriteNumber("generation", config.Generation.Number);
        json.WriteString("time", GenerationText.Iso(TimeOf(found)));
        json.WriteString("message", config.Message);
        json.WriteNumber("bytes", config.Bytes);
        json.WriteNumber("uncompressedBytes", config.Generation.ContentBytes);
        json.WriteNumber("storedBytes", found.StoredBytes);
        json.WriteNumber("blobs", found.Blobs);
        json.WriteString("prefix", config.Prefix);
        json.WriteString("platform", config.Platform);
        json.WriteStartArray("generations");
        foreach (var entry in config.History)
        {
            json.WriteNumberValue(entry.Number);
        }

        json.WriteEndArray();
    }
}
