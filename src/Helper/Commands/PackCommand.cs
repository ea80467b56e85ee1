using System.CommandLine;
using System.Numerics;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse pack DIRECTORY -o IMAGE</c>.</summary>
internal static class PackCommand
{
    private static readonly int DefaultBlockSize = new PackOptions { Threads = 1 }.BlockSize;

    public static Command Create(Session session)
    {
        var directory = new Argument<string>("directory") { Description = "What to pack" };
        var output = new Option<string>("--output", "-o") { Description = "The image to write", Required = true, HelpName = "image" };
        var force = new Option<bool>("--force", "-f") { Description = "Replace the image if it exists" };
        var root = new Option<string?>("--arcroot") { Description = "Put everything below this top directory", HelpName = "name" };
        var compressor = new Option<CompressorChoice>("--compressor")
        {
            Description = $"NAME[:LEVEL]: {CompressorChoice.Names}", HelpName = "name[:level]",
            DefaultValueFactory = _ => CompressorChoice.Default, CustomParser = CompressorChoice.Parse,
        };
        var compressorOptions = new Option<string[]>("--compressor-option")
        {
            Description = $"NAME=VALUE, may be repeated: {CompressorChoice.OptionNames}", HelpName = "name=value", DefaultValueFactory = _ => [], Arity = ArgumentArity.ExactlyOne,
        };
        compressorOptions.Validators.Add(result =>
        {
            try
            {
                _ = (result.GetValue(compressor) ?? CompressorChoice.Default).With(result.Tokens.Select(token => token.Value));
            }
            catch (ArgumentException failure)
            {
                result.AddError($"--compressor-option: {failure.Message}");
            }
        });
        var threads = ThreadsOption.Create();
        var blockSize = new Option<int>("--block-size")
        {
            Description = "Size of data blocks: a power of two from 4096 to 1048576", DefaultValueFactory = _ => DefaultBlockSize, HelpName = "bytes",
        };
        blockSize.Validators.Add(result =>
        {
            if (!BitOperations.IsPow2(result.GetValueOrDefault<int>()) || result.GetValueOrDefault<int>() is < 4096 or > 1048576)
            {
                result.AddError("--block-size takes a power of two from 4096 to 1048576");
            }
        });
        var command = new Command("pack", "Pack a directory into a SquashFS image") { directory, output, force, root, compressor, compressorOptions, threads, blockSize };
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(output);
            if (File.Exists(target) && !parsed.GetValue(force))
            {
                throw new StoreException(StoreFault.AlreadyExists, $"{target} exists; --force replaces it");
            }

            var choice = parsed.GetRequiredValue(compressor).With(parsed.GetRequiredValue(compressorOptions));
            Pack(session, parsed.GetRequiredValue(directory), target, new PackOptions
            {
                ArcRoot = parsed.GetValue(root) is { } top ? EnvironmentName.Parse(top).Value : null,
                Compressor = choice.Codec,
                Level = choice.Level,
                BlockSize = parsed.GetValue(blockSize),
                Threads = ThreadsOption.Count(parsed.GetValue(threads)),
            });
        });
        return command;
    }

    private static void Pack(Session session, string directory, string target, PackOptions options)
    {
        var progress = new ProgressLine(session.Clock, "packing");
        var start = session.Clock.GetTimestamp();
        PackResult result;
        try
        {
            using var interrupt = new InterruptSource();
            using var tree = DiskTree.Open(directory);
            result = SquashFsWriter.Write(tree, target, options, progress, interrupt.Token);
        }
        finally
        {
            progress.Clear();
        }

        Warnings.Write(result.Warnings);

        Console.WriteLine(
            $"Packed {result.Counts.Total} files, {Sizes.Human(result.ContentBytes)}, into {target} ({Sizes.Human(result.ImageBytes)}) "
            + $"in {session.Clock.GetElapsedTime(start).TotalSeconds:0.0} s");
    }
}
