using System.Text.Json;
using CondaFuse.Store.Packages;

namespace CondaFuse.Helper.Output;

/// <summary>Changes of packages in answers for scripts.</summary>
internal static class PackageJson
{
    public const string Key = "packages";

    public static void Write(Utf8JsonWriter json, IReadOnlyList<PackageChange> packages)
    {
        json.WriteStartArray(Key);
        foreach (var package in packages)
        {
            json.WriteStartObject();
            json.WriteString("name", package.Name);
            json.WriteString("installer", package.Installer);
            json.WriteString("before", package.Before);
            json.WriteString("after", package.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
