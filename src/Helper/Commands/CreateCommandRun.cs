using CondaFuse.Helper.Commands.Creating;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Creating;

namespace CondaFuse.Helper.Commands;

/// <summary>One creation, step by step: claim, conda, seal, mount, clean.</summary>
/// <param name="session">The variables.</param>
/// <param name="name">The new environment.</param>
/// <param name="format">The archive's format.</param>
/// <param name="condaArguments">Arguments passed on to conda.</param>
/// <param name="source">The file that describes the environment; null if conda's arguments do.</param>
/// <param name="asJson">Whether the result is printed as JSON.</param>
internal sealed class CreateCommandRun(
    Session session, EnvironmentName name, ArchiveFormat format, IReadOnlyList<string> condaArguments, FileSource? source, bool asJson)
{
    private const string PlaceVariable = "CONDA_FUSE_CREATE";
    private readonly EnvironmentCreator _creator = new(session.Layout, session.Catalog);
    private readonly CreateReport _report = new(session, name, format, asJson);
    private readonly MountedCreation _mounted = new(session.Layout, session.Keeper, session.Unmounter, session.Clock);

    /// <summary>A command to run before the environment is ready; null for none.</summary>
    public Trial? Trial { get; init; }

    /// <summary>Whether conda works, or worked, in a mount.</summary>
    private bool IsInMount => _mounted.IsBegun(name);

    private string Where => IsInMount ? session.Layout.CreatingImage(name) : session.Layout.Prefix(name);

    public void Run(bool resume, bool drop)
    {
        if (drop)
        {
            Drop();
            return;
        }

        Trial?.DemandPossible(format);
        PackResult sealedAs;
        using (_creator.Claim(name))
        {
            RefuseLeftovers(resume);
            CheckPlaces();
            if (!resume || condaArguments.Count > 0 || source is not null)
            {
                RunConda();
            }

            if (Inspect() != CreationState.Environment)
            {
                NothingToSeal();
                return;
            }

            sealedAs = Seal();
        }

        Warnings.Write(sealedAs.Warnings);
        sealedAs = Trial?.Run(sealedAs, asJson) ?? sealedAs;
        var plan = session.Mounter.CanMount ? MountCommand.Mount(session, name.Value, directory: null).Plan
            : session.Planner.Plan(name.Value, directory: null);
        _creator.RemoveSealedTree(name);
        EnvironmentLink.Keep(session, plan);
        new EnvironmentLinks(session.Layout).Prune(other => session.Catalog.Find(other) is not null);
        _report.Created(plan, sealedAs);
    }

    /// <summary>Checks that the archive can be written later, before conda works for minutes.</summary>
    private void CheckPlaces()
    {
        FuseMounter.CheckDevice($"cannot create '{name}'");
        (string Folder, string Variable)[] places =
            [(session.Layout.ArchiveDirectory, "CONDA_FUSE_ARCHIVE_PATH"), (session.Layout.MountRoot, "CONDA_FUSE_MOUNT_ROOT")];
        foreach (var (folder, variable) in places)
        {
            if (!Writability.IsAllowed(folder))
            {
                throw new StoreException(StoreFault.Unsupported,
                    $"cannot create '{name}': you may not write in {folder}")
                {
                    Hint = $"set {variable} to a directory of your own",
                    Path = folder,
                };
            }
        }
    }

    private void Drop()
    {
        if (session.Catalog.Find(name) is { } mounted && LiveMounts.Read(session.Layout).IsMountPoint(session.Planner.UsualMountPoint(name.Value)))
        {
            _report.NothingToDrop(mounted);
            return;
        }

        using (_creator.Claim(name, evenIfArchived: true))
        {
            var removed = Inspect() == CreationState.Nothing ? null : Where;
            DropAll();
            _creator.RemoveSealedTree(name);
            if (removed is null)
            {
                _report.NothingToDrop(session.Catalog.Find(name));
            }
            else
            {
                _report.Dropped(removed);
            }
        }
    }

    private void RefuseLeftovers(bool resume)
    {
        var left = Inspect();
        if (resume && left == CreationState.Nothing)
        {
            throw new StoreException(StoreFault.NotFound, $"nothing to resume: no interrupted creation of '{name}' was found");
        }

        if (!resume && left != CreationState.Nothing)
        {
            throw new StoreException(
                StoreFault.AlreadyExists,
                $"an interrupted creation of '{name}' is in {Where}")
            {
                Hint = $"condafuse create --resume {ShellArgument.Of(name)} makes the archive from it, "
                    + $"condafuse create --drop {ShellArgument.Of(name)} removes it",
                Path = Where,
            };
        }
    }

    /// <summary>Runs conda.</summary>
    /// <exception cref="StoreException">It failed, or the user interrupted it.</exception>
    private void RunConda()
    {
        var found = session.Conda ?? throw new StoreException(
            StoreFault.Conda, "conda, mamba and micromamba were not found") { Hint = "put one on PATH, or set CONDA_EXE or MAMBA_EXE" };
        var conda = asJson ? new CondaProgram(found.Path) { Output = Terminal.ErrorHandle } : found; // standard output is for JSON
        using var prepared = source?.Prepare(conda);
        var before = Inspect();
        int code;
        bool wasInterrupted;
        if (IsInMount || (_creator.Inspect(name) == CreationState.Nothing && Place(conda) == CreationPlace.Mount))
        {
            code = RunInMount(conda, prepared, out wasInterrupted);
        }
        else
        {
            Directory.CreateDirectory(session.Layout.MountPoint(name));
            code = StartConda(conda, prepared, CreationPlace.Native, out wasInterrupted);
        }

        if (code == 0)
        {
            return;
        }

        var fault = wasInterrupted ? StoreFault.Interrupted : StoreFault.Conda;
        if (Inspect() == CreationState.Nothing || (source is not null && before == CreationState.Nothing))
        {
            // The file can create it again, except for what an interrupted creation left, which --resume continues.
            DropAll();
            throw new StoreException(
                fault, $"{(source is null ? conda.Path : "conda or pip")} failed with exit code {code}; nothing was created");
        }

        throw new StoreException(fault, $"{conda.Path} failed with exit code {code}; its files are kept in {Where}")
        {
            Hint = $"condafuse create --resume {ShellArgument.Of(name)} continues, condafuse create --drop {ShellArgument.Of(name)} removes them",
            Path = Where,
        };
    }

    private int RunInMount(CondaProgram conda, PreparedSource? prepared, out bool wasInterrupted)
    {
        _mounted.Begin(name, Say);
        try
        {
            return StartConda(conda, prepared, CreationPlace.Mount, out wasInterrupted);
        }
        finally
        {
            _mounted.End(name);
        }
    }

    private int StartConda(CondaProgram conda, PreparedSource? prepared, CreationPlace place, out bool wasInterrupted) =>
        prepared is not null
            ? prepared.Run(session.Layout.Prefix(name), condaArguments, CreationSettings.Of(place), out wasInterrupted)
            : ForegroundChild.Run(
                () => conda.StartCreation(session.Layout.Prefix(name), condaArguments, session.EnvironmentWith(CreationSettings.Of(place))),
                out wasInterrupted);

    private CreationPlace Place(CondaProgram conda) => session.Variable(PlaceVariable) switch
    {
        "native" => CreationPlace.Native,
        "mount" => CreationPlace.Mount,
        null when !session.Mounter.CanMount => CreationPlace.Native,
        null => CreationPlaces.Choose(
            session.Layout.MountRoot, conda.PackageCache(session.Variable("CONDA_PKGS_DIRS"), session.Variable("MAMBA_ROOT_PREFIX"), session.Home)),
        _ => throw new StoreException(StoreFault.BadName, Settings.Mistake(session, PlaceVariable)!),
    };

    private CreationState Inspect() => IsInMount ? _mounted.Inspect(name) : _creator.Inspect(name);

    private void DropAll()
    {
        if (IsInMount)
        {
            _mounted.Drop(name);
        }

        _creator.Drop(name);
    }

    /// <summary>conda succeeded without creating an environment: <c>--dry-run</c>, <c>--help</c>, or 'no' at its prompt.</summary>
    private void NothingToSeal()
    {
        if (Inspect() == CreationState.Nothing)
        {
            DropAll();
        }

        _report.NotCreated(isDryRun: condaArguments.Contains("--dry-run") || condaArguments.Contains("-d"));
    }

    private PackResult Seal()
    {
        var progress = ProgressLine.Start(session.Clock, "packing");
        try
        {
            using var interrupt = new InterruptSource();
            var options = new PackOptions { Threads = Environment.ProcessorCount, Message = source?.Message ?? "created" };
            if (!IsInMount)
            {
                return _creator.Seal(name, format, options, progress, interrupt.Token);
            }

            _mounted.End(name);
            return _mounted.Seal(name, format, options, progress, interrupt.Token);
        }
        catch (Exception failure) when (failure is not StoreException)
        {
            progress.Clear();
            Message.Error(
                $"could not write the archive of '{name}'; conda's files are kept in {Where}",
                $"condafuse create --resume {ShellArgument.Of(name)} tries again, condafuse create --drop {ShellArgument.Of(name)} removes them");
            throw;
        }
        finally
        {
            progress.Clear();
        }
    }

    private static void Say(string text) => Message.Error(text);
}
