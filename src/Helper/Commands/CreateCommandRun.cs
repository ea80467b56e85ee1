using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>One creation, step by step: claim, conda, seal, mount, clean.</summary>
internal sealed class CreateCommandRun(Session session, EnvironmentName name, IReadOnlyList<string> condaArguments)
{
    private readonly EnvironmentCreator creator = new(session.Layout, session.Catalog);

    public ExitCode Run(bool resume, bool drop)
    {
        if (drop)
        {
            return Drop();
        }

        PackResult sealedAs;
        using (creator.Claim(name))
        {
            RefuseLeftovers(resume);
            if ((!resume || condaArguments.Count > 0) && RunConda() is { } stopped)
            {
                return stopped;
            }

            if (creator.Inspect(name) != UnsealedTree.Environment)
            {
                return NothingToSeal();
            }

            sealedAs = Seal();
        }

        Warnings.Write(sealedAs.Warnings);
        var (plan, _) = MountCommand.Mount(session, name.Value, directory: null);
        creator.RemoveSealedTree(name);
        Say($"Created '{name}': {sealedAs.Counts.Total} files, {Sizes.Human(sealedAs.ContentBytes)}, in one file of {Sizes.Human(sealedAs.ImageBytes)}");
        Say($"  archive  {plan.Archive}");
        Say($"  prefix   {plan.Prefix}");
        Say($"  conda-fuse-activate {name}");
        return ExitCode.Success;
    }

    private ExitCode Drop()
    {
        using (creator.Claim(name, evenIfArchived: true))
        {
            var left = creator.Inspect(name);
            creator.Drop(name);
            creator.RemoveSealedTree(name);
            Say(left == UnsealedTree.Nothing ? $"nothing was left of '{name}'" : $"removed {session.Layout.MountPoint(name)}");
        }

        return ExitCode.Success;
    }

    private void RefuseLeftovers(bool resume)
    {
        var left = creator.Inspect(name);
        if (resume && left == UnsealedTree.Nothing)
        {
            throw new StoreException(StoreFault.NotFound, $"there is nothing of '{name}' to resume below {session.Layout.MountPoint(name)}");
        }

        if (!resume && left != UnsealedTree.Nothing)
        {
            throw new StoreException(
                StoreFault.AlreadyExists,
                $"{session.Layout.MountPoint(name)} holds what an interrupted creation left; 'condafuse create --resume {name}' seals it, 'condafuse create --drop {name}' removes it");
        }
    }

    /// <summary>Runs conda; null if it went well, else how to end.</summary>
    private ExitCode? RunConda()
    {
        var conda = session.Conda ?? throw new StoreException(
            StoreFault.Conda, "found no conda, mamba or micromamba: neither CONDA_EXE nor MAMBA_EXE names one, and PATH has none");
        Directory.CreateDirectory(session.Layout.MountPoint(name));
        var code = ForegroundChild.Await(conda.StartCreation(session.Layout.Prefix(name), condaArguments, session.EnvironmentBlock));
        if (code == 0)
        {
            return null;
        }

        if (creator.Inspect(name) == UnsealedTree.Nothing)
        {
            creator.Drop(name);
            Say($"{conda.Path} ended with code {code}; nothing was created");
        }
        else
        {
            Say($"{conda.Path} ended with code {code}; what it made is still in {session.Layout.Prefix(name)}");
            Say($"  'condafuse create --resume {name} [arguments]' goes on with it, 'condafuse create --drop {name}' removes it");
        }

        return ExitCode.Conda;
    }

    /// <summary>conda was content and made no environment: <c>--dry-run</c>, <c>--help</c>, or a 'no' at its prompt.</summary>
    private ExitCode NothingToSeal()
    {
        if (creator.Inspect(name) == UnsealedTree.Nothing)
        {
            creator.Drop(name);
        }

        Say("conda made no environment, so nothing was sealed");
        return ExitCode.Success;
    }

    private PackResult Seal()
    {
        var progress = new ProgressLine(session.Clock, "packing");
        try
        {
            using var interrupt = new InterruptSource();
            return creator.Seal(name, new PackOptions { Threads = Environment.ProcessorCount, Message = "created" }, progress, interrupt.Token);
        }
        catch (Exception failure) when (failure is not StoreException)
        {
            progress.Clear();
            Say($"could not seal '{name}'; what conda made is still in {session.Layout.Prefix(name)}");
            Say($"  'condafuse create --resume {name}' seals it, 'condafuse create --drop {name}' removes it");
            throw;
        }
        finally
        {
            progress.Clear();
        }
    }

    private static void Say(string text) => Console.Error.WriteLine($"[conda-fuse] {text}");
}
