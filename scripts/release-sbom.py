"""Prints an SPDX document of what is linked into the program, and puts the licences of these libraries beside it.

usage: release-sbom.py CHECKOUT VERSION PORTABLE DIRECTORY
"""

import json
import re
import subprocess
import sys
from pathlib import Path

# Debian's packages of static libraries, with the SPDX names of their licences.
NATIVE = {
    "libzstd-dev": "BSD-3-Clause",
    "liblzma-dev": "0BSD",
    "liblz4-dev": "BSD-2-Clause",
    "libdeflate-dev": "MIT",
    "libbz2-dev": "bzip2-1.0.6",
}

# NuGet packages whose code becomes part of the program; the second set only in a portable build.
ALWAYS = {"System.CommandLine": "MIT"}
PORTABLE = {"ZstdSharp.Port": "MIT", "SharpZipLib": "MIT", "K4os.Compression.LZ4": "MIT"}


def main(checkout: Path, version: str, portable: bool, target: Path) -> None:
    licences = target / "licences"
    licences.mkdir(parents=True, exist_ok=True)
    parts = [_part("CondaFuse", version, "MIT", "pkg:generic/condafuse"), *_nuget(checkout, ALWAYS | (PORTABLE if portable else {}))]
    parts.append(_runtime(checkout, licences))
    if not portable:
        parts += [_native(name, licence, licences) for name, licence in NATIVE.items()]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"condafuse-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/condafuse-{version}",
        "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": ["Tool: scripts/release"]},
        "packages": parts,
        "relationships": [
            {"spdxElementId": parts[0]["SPDXID"], "relatedSpdxElement": part["SPDXID"], "relationshipType": "STATIC_LINK"} for part in parts[1:]
        ],
    }
    print(json.dumps(document, indent=2))


def _part(name: str, version: str, licence: str, locator: str) -> dict:
    return {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]", "-", name),
        "name": name,
        "versionInfo": version,
        "licenseConcluded": licence,
        "downloadLocation": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"{locator}@{version}"}],
    }


def _nuget(checkout: Path, names: dict[str, str]) -> list[dict]:
    listed = dict(re.findall(r'PackageVersion Include="([^"]+)" Version="([^"]+)"', (checkout / "Directory.Packages.props").read_text()))
    return [_part(name, listed[name], licence, f"pkg:nuget/{name}") for name, licence in names.items()]


def _runtime(checkout: Path, licences: Path) -> dict:
    """The .NET runtime, whose third-party notices cover zlib-ng and brotli."""
    done = subprocess.run(["dotnet", "nuget", "locals", "global-packages", "--list"], capture_output=True, text=True, check=False, cwd=checkout)
    cache = Path(done.stdout.partition(":")[2].strip() or Path.home() / ".nuget/packages")
    packs = sorted(cache.glob("microsoft.netcore.app.runtime.nativeaot.linux-*/*"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])
    if not packs:
        return _part(".NET runtime", "unknown", "MIT", "pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT")
    for name in ("LICENSE.TXT", "THIRD-PARTY-NOTICES.TXT"):
        (licences / f"dotnet-{name}").write_bytes((packs[-1] / name).read_bytes())
    return _part(".NET runtime", packs[-1].name, "MIT", f"pkg:nuget/{packs[-1].parent.name}")


def _native(name: str, licence: str, licences: Path) -> dict:
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True, check=False)
    text = Path(f"/usr/share/doc/{name}/copyright")
    if text.exists():
        (licences / f"{name}.txt").write_bytes(text.read_bytes())
    return _part(name, done.stdout or "unknown", licence, f"pkg:deb/debian/{name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "true", Path(sys.argv[4]))
