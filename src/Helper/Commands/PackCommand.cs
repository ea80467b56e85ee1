using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Packing;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse pack</c>: packs an environment as conda-pack does, or a directory without changes.</summary>
internal static class PackCommand
{
    public static Command Create(Session session)
    {
        var options = new PackOptionSet();
        var command = options.CreateCommand("Pack an environment as conda-pack does, or a directory");
        command.SetAction(parsed =>
        {
            var run = new PackRun(session, options, parsed);
            run.Pack();
        });
        return command;
    }

    /// <summary>One run of the command.</summary>
    private sealed class PackRun(Session session, PackOptionSet options, ParseResult parsed)
    {
        private readonly bool _quiet = parsed.GetValue(options.Quiet);
        private readonly string? _directory = parsed.GetValue(options.Directory);

        public void Pack()
        {
            DemandSource();
            var (name, path) = (parsed.GetValue(options.Name), parsed.GetValue(options.Prefix));
            var search = new EnvironmentSearch(session);
            using var mount = _directory is null && path is null && name is not null && search.IsOurs(name) ? new BorrowedMount(session, name) : null;
            var prefix = _directory ?? mount?.Plan.Prefix ?? search.Find(name, path);
            var output = parsed.GetValue(options.Output) ?? $"{Path.GetFileName(prefix)}.{options.FormatName(parsed) ?? "tar.gz"}";
            var settings = Terms(output);
            new PackTarget(output, settings).Demand(parsed.GetValue(options.Force));

            var progress = _quiet ? null : ProgressLine.Start(session.Clock, "packing");
            var start = session.Clock.GetTimestamp();
            PackedArchive result;
            IReadOnlyList<string> warnings = [];
            try
            {
                using var interrupt = new InterruptSource();
                using var source = DiskTree.Open(prefix);
                IReadableTree tree = source;
                var copiesLinks = settings.Format == PackFormat.Zip && !parsed.GetValue(options.ZipSymlinks);
                if (_directory is null)
                {
                    (tree, warnings) = PackedEnvironment.Of(
                        source, EnvironmentSettings(prefix, settings.Threads) with { CopiesLinks = copiesLinks }, interrupt.Token);
                }
                else if (copiesLinks)
                {
                    (tree, warnings) = PackedDirectory.WithoutLinks(
                        source, Path.TrimEndingDirectorySeparator(Path.GetFullPath(prefix)), interrupt.Token);
                }

                result = Archiver.Write(tree, output, settings, progress, interrupt.Token);
            }
            finally
            {
                progress?.Clear();
            }

            Warnings.WriteLines(warnings);
            Warnings.Write(result.Warnings);
            var seconds = session.Clock.GetElapsedTime(start).TotalSeconds;
            if (!_quiet || parsed.GetValue(options.Json))
            {
                JsonOutput.WriteOr(
                    parsed.GetValue(options.Json),
                    $"Packed {result.Entries} files, {Sizes.Human(result.ContentBytes)}, into {output} ({Sizes.Human(result.ArchiveBytes)}) "
                    + $"in {seconds:0.0} s",
                    json =>
                    {
                        json.WriteString("path", Path.GetFullPath(output));
                        json.WriteNumber("bytes", result.ArchiveBytes);
                        json.WriteNumber("files", result.Entries);
                        json.WriteNumber("uncompressedBytes", result.ContentBytes);
                        json.WriteNumber("seconds", seconds);
                        json.WriteTexts("warnings", [.. warnings, .. result.Warnings]);
                    });
            }
        }

        private void DemandSource()
        {
            if (_directory is not null && !Directory.Exists(_directory))
            {
                throw File.Exists(_directory)
                    ? new StoreException(StoreFault.BadName, $"cannot pack {_directory}: it is not a directory")
                    : new StoreException(StoreFault.NotFound, $"there is no directory {_directory}");
            }
        }

        private ArchiveSettings Terms(string output)
        {
            // A directory becomes an image, unless the name specifies another format.
            var format = options.FormatOf(parsed, output)
                ?? (IsImageName(output) && (_directory is not null || options.SaysCompressor(parsed))
                    ? PackFormat.SquashFs
                    : throw new StoreException(
                        StoreFault.BadName,
                        $"cannot tell the format of '{output}' from its name") { Hint = $"--format takes {string.Join(", ", PackFormats.Names)}" });
            var settings = new ArchiveSettings
            {
                Format = format,
                Level = parsed.GetValue(options.Level) ?? ArchiveSettings.DefaultLevel,
                Threads = ThreadsOption.Count(parsed.GetValue(options.Threads)),
                ArcRoot = ArcRoot(),
                AllowsZip64 = !parsed.GetValue(options.NoZip64),
            };
            var byLevel = parsed.GetValue(options.Level) is not null || (_directory is null && !options.SaysCompressor(parsed));
            return byLevel ? settings : settings with { Image = ImageOptions(settings) };
        }

        /// <summary>Whether a name can be that of an image: it has no extension, or one that images have elsewhere.</summary>
        private static bool IsImageName(string output) => Path.GetExtension(output) is "" or ".sqfs" or ".sfs" or ".sqsh" or ".squash" or ".img";

        private PackOptions ImageOptions(ArchiveSettings settings)
        {
            var choice = parsed.GetRequiredValue(options.Compressor).With(parsed.GetRequiredValue(options.CompressorOptions));
            return new PackOptions
            {
                ArcRoot = settings.ArcRoot.Length == 0 ? null : settings.ArcRoot,
                Compressor = choice.Codec,
                Level = choice.Level,
                BlockSize = parsed.GetValue(options.BlockSize),
                Threads = settings.Threads,
            };
        }

        private EnvironmentSettings EnvironmentSettings(string prefix, int threads) => new()
        {
            Prefix = prefix,
            Destination = parsed.GetValue(options.Destination) is { } destination
                ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination))
                : null,
            Filters = PackOptionSet.Filters(parsed),
            AllowEditable = parsed.GetValue(options.AllowEditable),
            AllowMissing = parsed.GetValue(options.AllowMissing),
            Threads = threads,
        };

        /// <summary>For a directory, a single name; for an environment, names may be separated by slashes.</summary>
        private string ArcRoot()
        {
            var given = parsed.GetValue(options.ArcRoot);
            if (given is null || _directory is not null)
            {
                return given is null ? "" : EnvironmentName.Parse(given).Value;
            }

            var parts = given.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return parts.All(part => part is not ("." or ".."))
                ? string.Join('/', parts)
                : throw new StoreException(StoreFault.BadName, $"--arcroot '{given}' must not contain '.' or '..'");
        }
    }
}
