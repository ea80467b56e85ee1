using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;
using CondaFuse.Images;
using CondaFuse.Packing;
using CondaFuse.Packing.Content;

namespace CondaFuse.Helper.Commands;

/// <summary>The options of <c>condafuse pack</c>: conda-pack's, and our own for images.</summary>
internal sealed class PackOptionSet
{
    private const string Infer = "infer";
    private const string ExcludeName = "--exclude";
    private const string IncludeName = "--include";
    private static readonly int DefaultBlockSize = new PackOptions { Threads = 1 }.BlockSize;

    public PackOptionSet()
    {
        CompressorOptions.Validators.Add(result =>
        {
            try
            {
                if (!result.IsReadable(Compressor))
                {
                    return;
                }

                _ = (result.GetValue(Compressor) ?? CompressorChoice.Default).With(result.Tokens.Select(token => token.Value));
            }
            catch (ArgumentException failure)
            {
                result.AddError($"--compressor-option: {failure.Message}");
            }
        });
        Format.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && name != Infer && PackFormats.Find(name) is null)
            {
                result.AddError($"--format takes {Infer}, {string.Join(", ", PackFormats.Names)}, not '{name}'");
            }
        });
    }

    public Argument<string?> Directory { get; } = new("directory")
    {
        Description = "Directory to pack as it is, instead of an environment", Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string?> Name { get; } = new("--name", "-n")
    {
        Description = "Environment to pack; default: the active one",
        HelpName = "env",
    };

    public Option<string?> Prefix { get; } = new Option<string?>("--prefix", "-p")
    {
        Description = "Environment to pack, by its prefix",
        HelpName = "path",
    }.NotEmpty();

    public Option<string?> Output { get; } = new Option<string?>("--output", "-o")
    {
        Description = "File to write; default ENV.tar.gz. Required with DIRECTORY",
        HelpName = "path",
    }.NotEmpty();

    public Option<string?> ArcRoot { get; } = new("--arcroot") { Description = "Put everything below this directory", HelpName = "path" };

    public Option<string?> Destination { get; } = new("--dest-prefix", "-d")
    {
        Description = "Rewrite the prefix to this path; conda-unpack is not needed there", HelpName = "path",
    };

    public Option<string> Format { get; } = new("--format")
    {
        Description = $"{Infer} (default: from the name of the output), {string.Join(", ", PackFormats.Names)}", HelpName = "format",
        DefaultValueFactory = _ => Infer,
    };

    /// <summary>The range depends on the format: see <see cref="CheckLevel"/>.</summary>
    public Option<int?> Level { get; } = new Option<int?>("--compress-level")
    {
        Description = $"0 (fast) to 9 (small), to 19 for tar.zst; default {ArchiveSettings.DefaultLevel}", HelpName = "level",
    }.Taking<int>("a number from 0 to 9, or to 19 for tar.zst", _ => true);

    public Option<int> Threads { get; } = ThreadsOption.Create();

    public Option<bool> ZipSymlinks { get; } = new("--zip-symlinks")
    {
        Description = "Store symlinks in a zip archive as symlinks, not as copies; some unzip programs do not support them",
    };

    public Option<bool> NoZip64 { get; } = new("--no-zip-64")
    {
        Description = "Write a zip archive that old programs can read; fails for 4 GiB or 65535 files",
    };

    public Option<bool> AllowEditable { get; } = new("--ignore-editable-packages")
    {
        Description = "Pack even if packages are links to their sources",
    };

    public Option<bool> AllowMissing { get; } = new("--ignore-missing-files") { Description = "Pack even if files that conda installed are missing" };

    public Option<string[]> Exclude { get; } = new(ExcludeName)
    {
        Description = "Exclude files whose path matches; may be repeated", HelpName = "pattern", Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    public Option<string[]> Include { get; } = new(IncludeName)
    {
        Description = "Include files again that an earlier --exclude matched; may be repeated", HelpName = "pattern", Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    public Option<bool> Force { get; } = new("--force", "-f")
    {
        Description = "Replace an existing output, and create its directory if it is missing",
    };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Print nothing but problems" };

    public Option<bool> Json { get; } = CommonOptions.Json();

    public Option<CompressorChoice> Compressor { get; } = new("--compressor")
    {
        Description = $"For an image: {CompressorChoice.Names}; default zstd:6", HelpName = "name[:level]",
        DefaultValueFactory = _ => CompressorChoice.Default, CustomParser = CompressorChoice.Parse,
    };

    public Option<string[]> CompressorOptions { get; } = new("--compressor-option")
    {
        Description = $"Option of the compressor; may be repeated. {CompressorChoice.OptionNames}", HelpName = "name=value",
        DefaultValueFactory = _ => [],
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<int> BlockSize { get; } = new Option<int>("--block-size")
    {
        Description = $"For an image: a power of two from 4096 to 1048576; default {DefaultBlockSize}",
        DefaultValueFactory = _ => DefaultBlockSize, HelpName = "bytes",
    }.Taking("a power of two from 4096 to 1048576", size => BitOperations.IsPow2(size) && size is >= 4096 and <= 1048576);

    /// <summary>Creates the command with all options and their constraints.</summary>
    public Command CreateCommand(string description)
    {
        var command = new Command("pack", description)
        {
            Directory, Name, Prefix, Output, ArcRoot, Destination, Format, Level, Threads, ZipSymlinks, NoZip64, AllowEditable, AllowMissing, Exclude,
            Include,
            Force, Quiet, Json, Compressor, CompressorOptions, BlockSize,
        };
        command.Validators.Add(Check);
        return command;
    }

    /// <summary>The format from the option, or else from the output's name.</summary>
    /// <returns>Null if neither specifies a format.</returns>
    public PackFormat? FormatOf(ParseResult parsed, string? output) =>
        PackFormats.Find(parsed.GetRequiredValue(Format)) ?? (output is null ? null : PackFormats.OfPath(output));

    /// <summary>The name of a format as the user gave it; null to infer it.</summary>
    public string? FormatName(ParseResult parsed) => parsed.GetRequiredValue(Format) is var name && name == Infer ? null : name;

    /// <summary>Whether the user specified the compression with our own options.</summary>
    public bool SaysCompressor(ParseResult parsed) =>
        new Option[] { Compressor, CompressorOptions, BlockSize }.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <summary>The filters, in the order given.</summary>
    public static IReadOnlyList<FileFilter> Filters(ParseResult parsed)
    {
        var filters = new List<FileFilter>();
        for (var i = 0; i + 1 < parsed.Tokens.Count; i++)
        {
            var token = parsed.Tokens[i];
            if (token.Type == TokenType.Option && token.Value is ExcludeName or IncludeName)
            {
                filters.Add(new FileFilter(token.Value == IncludeName, parsed.Tokens[i + 1].Value));
            }
        }

        return filters;
    }

    private void Check(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (result.GetValue(Name) is not null && result.GetValue(Prefix) is not null)
        {
            result.AddError("give --name or --prefix, not both");
        }

        if (result.GetValue(Directory) is not null)
        {
            foreach (var option in new Option[] { Name, Prefix, Destination, AllowEditable, AllowMissing, Exclude, Include }.Where(Given))
            {
                result.AddError($"{option.Name} is for environments; a directory is packed as it is");
            }

            if (!Given(Output))
            {
                result.AddError("pack DIRECTORY needs --output PATH");
            }
        }

        if (result.GetValue(Destination) is { } destination && !Path.IsPathRooted(destination))
        {
            result.AddError("--dest-prefix takes an absolute path");
        }

        CheckLevel(result, Given);
    }

    private void CheckLevel(CommandResult result, Func<Option, bool> given)
    {
        var format = PackFormats.Find(result.GetValue(Format) ?? Infer) ?? PackFormats.OfPath(result.GetValue(Output) ?? "");
        var highest = PackFormats.HighestLevel(format ?? PackFormat.TarGzip);
        if (result.IsReadable(Level) && result.GetValue(Level) is { } level && (level < 0 || level > highest))
        {
            result.AddError($"--compress-level takes a number from 0 to {highest} here, not '{level}'");
        }

        var imageOptions = new Option[] { Compressor, CompressorOptions, BlockSize }.Where(given).ToList();
        if (imageOptions.Count > 0 && (format ?? (given(Output) ? PackFormat.SquashFs : PackFormat.TarGzip)) != PackFormat.SquashFs)
        {
            result.AddError($"{imageOptions[0].Name} is for SquashFS images; other formats take --compress-level");
        }
        else if (imageOptions.Count > 0 && given(Level))
        {
            result.AddError($"{imageOptions[0].Name} and --compress-level both set the compression: give one of them");
        }
    }
}
