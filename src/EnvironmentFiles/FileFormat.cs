namespace CondaFuse.EnvironmentFiles;

/// <summary>Formats in which environments are described.</summary>
public enum FileFormat
{
    /// <summary><c>environment.yml</c> (CEP 24): what conda is to solve.</summary>
    EnvironmentYaml,

    /// <summary>A list of addresses below <c>@EXPLICIT</c> (CEP 23).</summary>
    ExplicitList,

    /// <summary><c>conda-lock.yml</c>, version 1 (CEP 37).</summary>
    CondaLock,

    /// <summary><c>pixi.lock</c>, versions 6 and 7.</summary>
    PixiLock,

    /// <summary><c>requirements.txt</c> of pip.</summary>
    Requirements,

    /// <summary>A list of packages for <c>conda create --file</c>.</summary>
    PackageList,
}
