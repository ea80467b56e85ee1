namespace CondaFuse.EnvironmentFiles;

/// <summary>Formats of environment files.</summary>
public enum FileFormat
{
    /// <summary><c>environment.yml</c> (CEP 24): specifications for conda's solver.</summary>
    EnvironmentYaml,

    /// <summary>A list of addresses after <c>@EXPLICIT</c> (CEP 23).</summary>
    ExplicitList,

    /// <summary><c>conda-lock.yml</c>, version 1 (CEP 37).</summary>
    CondaLock,

    /// <summary><c>pixi.lock</c>, versions 6 and 7.</summary>
    PixiLock,

    /// <summary>pip's <c>requirements.txt</c>.</summary>
    Requirements,

    /// <summary>A list of packages for <c>conda create --file</c>.</summary>
    PackageList,
}
