namespace CondaFuse.Packing.FirstUse;

/// <summary>The files that importing some modules reads.</summary>
internal static class ImportClosure
{
    /// <summary>
    /// In the order of the imports: first the modules themselves, then the public modules in them, which some packages import only when they are
    /// used.
    /// </summary>
    /// <param name="modules">Finds modules.</param>
    /// <param name="imported">Names of modules; names of none are ignored.</param>
    public static IEnumerable<string> Of(PythonModules modules, IReadOnlyCollection<string> imported)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var below = imported.SelectMany(name => modules.Find(name) is { } package ? modules.PublicModulesOf(package) : []);
        var pending = new Stack<IEnumerator<string>>([below.GetEnumerator(), imported.GetEnumerator()]);
        while (pending.TryPeek(out var names))
        {
            if (!names.MoveNext())
            {
                pending.Pop().Dispose();
            }
            else if (seen.Add(names.Current) && modules.Find(names.Current) is { } module)
            {
                if (module.Path is { } path)
                {
                    yield return path;
                }

                pending.Push(modules.ImportsOf(module).GetEnumerator());
            }
        }
    }
}
