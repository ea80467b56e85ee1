namespace CondaFuse.EnvironmentFiles.Tests;

/// <summary>Small files of every format, with the same packages.</summary>
internal static class Samples
{
    public const string Md5 = "0123456789abcdef0123456789abcdef";
    public const string Sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static MachineFacts Machine { get; } = new(
        "linux-64", new Dictionary<string,
            string>(StringComparer.Ordinal) { ["__glibc"] = "2.36", ["__linux"] = "6.1.0", ["__unix"] = "0", ["__archspec"] = "1" });

    public const string Explicit = $"""
        # This file may be used to create an environment using:
        # platform: linux-64
        @EXPLICIT
        https://conda.example/chan/noarch/tqdm-4.64.1-py_0.conda#{Md5}
        https://conda.example/chan/linux-64/python-3.11.2-0.conda#sha256:{Sha256}
        # pip pytz @ https://files.example/pytz-2023.3-py2.py3-none-any.whl#sha256={Sha256}
        """;

    public const string CondaLock = $$"""
        version: 1
        metadata:
          content_hash:
            linux-64: abc
            osx-arm64: abc
          channels:
          - url: chan
            used_env_vars: []
          platforms:
          - linux-64
          - osx-arm64
          sources:
          - environment.yml
        package:
        - name: tqdm
          version: 4.64.1
          manager: conda
          platform: linux-64
          dependencies:
            python: '>=3.6'
            __glibc: '>=2.17,<3.0.a0'
          url: https://conda.example/chan/noarch/tqdm-4.64.1-py_0.conda
          hash:
            md5: {{Md5}}
            sha256: {{Sha256}}
          category: main
          optional: false
        - name: python
          version: 3.11.2
          manager: conda
          platform: linux-64
          dependencies: {}
          url: https://conda.example/chan/linux-64/python-3.11.2-0.conda
          hash:
            md5: {{Md5}}
          category: main
          optional: false
        - name: pytest
          version: 7.0.0
          manager: conda
          platform: linux-64
          dependencies: {}
          url: https://conda.example/chan/noarch/pytest-7.0.0-py_0.conda
          hash:
            md5: {{Md5}}
          category: dev
          optional: true
        - name: python
          version: 3.11.2
          manager: conda
          platform: osx-arm64
          dependencies: {}
          url: https://conda.example/chan/osx-arm64/python-3.11.2-0.conda
          hash:
            md5: {{Md5}}
          category: main
          optional: false
        - name: pytz
          version: '2023.3'
          manager: pip
          platform: linux-64
          dependencies: {}
          url: https://files.example/pytz-2023.3-py2.py3-none-any.whl
          hash:
            sha256: {{Sha256}}
          category: main
          optional: false
        """;

    public const string Pixi = $"""
        version: 6
        environments:
          default:
            channels:
            - url: https://conda.example/chan/
            indexes:
            - https://pypi.org/simple
            packages:
              linux-64:
              - conda: https://conda.example/chan/noarch/tqdm-4.64.1-py_0.conda
              - conda: https://conda.example/chan/linux-64/python-3.11.2-0.conda
              - pypi: https://files.example/pytz-2023.3-py2.py3-none-any.whl
              osx-arm64:
              - conda: https://conda.example/chan/osx-arm64/python-3.11.2-0.conda
          gpu:
            channels:
            - url: https://conda.example/chan/
            packages:
              linux-64:
              - conda: https://conda.example/chan/linux-64/torch-2.0-cuda_0.conda
          linked:
            channels: []
            packages:
              linux-64:
              - conda: https://conda.example/chan/linux-64/python-3.11.2-0.conda
              - pypi: ./
        packages:
        - conda: https://conda.example/chan/noarch/tqdm-4.64.1-py_0.conda
          sha256: {Sha256}
          md5: {Md5}
          depends:
          - python >=3.6
          license: MIT
          size: 1
        - conda: https://conda.example/chan/linux-64/python-3.11.2-0.conda
          sha256: {Sha256}
          md5: {Md5}
          depends:
          - __glibc >=2.17,<3.0.a0
        - conda: https://conda.example/chan/osx-arm64/python-3.11.2-0.conda
          sha256: {Sha256}
          md5: {Md5}
        - conda: https://conda.example/chan/linux-64/torch-2.0-cuda_0.conda
          sha256: {Sha256}
          depends:
          - __cuda >=11.8
        - pypi: https://files.example/pytz-2023.3-py2.py3-none-any.whl
          name: pytz
          version: '2023.3'
          sha256: {Sha256}
        - pypi: ./
          name: mine
          version: 0.1.0
          sha256: {Sha256}
          editable: true
        """;

    public const string PixiSeven = $"""
        version: 7
        platforms:
          - name: old-cluster
            subdir: linux-64
            virtual-packages:
              - __glibc=2.17
        environments:
          default:
            channels:
              - url: https://conda.example/chan/
            packages:
              old-cluster:
                - conda: https://conda.example/chan/linux-64/python-3.11.2-0.conda
                - conda_source: child[87dc0b8a] @ ./child
        packages:
          - conda: https://conda.example/chan/linux-64/python-3.11.2-0.conda
            sha256: {Sha256}
          - conda_source: child[87dc0b8a] @ ./child
            version: 0.1.0
            build: pyhbf21a9e_0
            subdir: noarch
        """;

    public const string Yaml = """
        name: x
        channels: [conda-forge, https://host.example/t/tk-123/private]
        dependencies:
          - python =3.11
          - pip
          - pip:
            - pytz==2023.3
        variables:
          A: b
        """;
}
