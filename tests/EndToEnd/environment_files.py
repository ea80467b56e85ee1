"""Writes environment files of every format for packages of a local channel and one wheel: CHANNEL OUTPUT_DIRECTORY [PACKAGE...]"""

import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path

FILES = {
    "cfwheel/__init__.py": 'print("from the wheel")\n',
    "cfwheel-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: cfwheel\nVersion: 1.0\n",
    "cfwheel-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


def make_wheel(folder: Path) -> Path:
    path = folder / "cfwheel-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        lines = []
        for name, text in FILES.items():
            wheel.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(text)}\n")
        wheel.writestr("cfwheel-1.0.dist-info/RECORD", "".join(lines) + "cfwheel-1.0.dist-info/RECORD,,\n")
    return path


def packages(channel: Path, wanted: list[str]) -> list[tuple[str, dict]]:
    """The newest of each package, with its address."""
    found: dict[str, tuple[str, dict]] = {}
    for subdir in ("linux-64", "noarch"):
        repodata = json.loads((channel / subdir / "repodata.json").read_text())
        for kind in ("packages", "packages.conda"):
            for name, raw in repodata[kind].items():
                if raw["name"] in wanted and (raw["name"] not in found or raw["version"] > found[raw["name"]][1]["version"]):
                    found[raw["name"]] = (f"{channel.as_uri()}/{subdir}/{name}", raw)
    return [found[name] for name in sorted(found)]


def conda_lock(records, wheel, sha):
    yield "version: 1\nmetadata:\n  content_hash:\n    linux-64: abc\n"
    yield "  channels:\n  - url: local\n    used_env_vars: []\n  platforms:\n  - linux-64\n  sources:\n  - environment.yml\npackage:\n"
    for url, raw in records:
        yield f"- name: {raw['name']}\n  version: '{raw['version']}'\n  manager: conda\n  platform: linux-64\n"
        yield "  dependencies:\n    __glibc: '>=2.17,<3.0.a0'\n"
        for need in raw["depends"]:
            name, _, spec = need.partition(" ")
            yield f"    {name}: '{spec}'\n"
        yield f"  url: {url}\n  hash:\n    md5: {raw['md5']}\n    sha256: {raw['sha256']}\n  category: main\n  optional: false\n"
    yield "- name: cfwheel\n  version: '1.0'\n  manager: pip\n  platform: linux-64\n  dependencies: {}\n"
    yield f"  url: {wheel}\n  hash:\n    sha256: {sha}\n  category: main\n  optional: false\n"


def pixi_lock(records, wheel, sha):
    yield "version: 6\nenvironments:\n  default:\n    channels:\n    - url: local\n    packages:\n      linux-64:\n"
    yield from (f"      - conda: {url}\n" for url, _ in records)
    yield f"      - pypi: {wheel}\n"
    yield "  linked:\n    channels:\n    - url: local\n    packages:\n      linux-64:\n      - pypi: ./\npackages:\n"
    for url, raw in records:
        yield f"- conda: {url}\n  sha256: {raw['sha256']}\n  md5: {raw['md5']}\n  depends:\n  - __glibc >=2.17,<3.0.a0\n"
        yield from (f"  - {need}\n" for need in raw["depends"])
    yield f"- pypi: {wheel}\n  name: cfwheel\n  version: '1.0'\n  sha256: {sha}\n"
    yield f"- pypi: ./\n  name: mine\n  version: 0.1.0\n  sha256: {sha}\n  editable: true\n"


def explicit(records):
    yield "# platform: linux-64\n@EXPLICIT\n"
    yield from (f"{url}#{raw['md5']}\n" for url, raw in sorted(records, key=lambda record: record[1]["name"] != "python"))


def environment_yml(records, channel, wheel, sha):
    yield f"name: of-the-file\nchannels:\n  - {channel.as_uri()}\n  - nodefaults\ndependencies:\n"
    yield from (f"  - {raw['name']}={raw['version']}\n" for _, raw in records)
    yield f'  - pip:\n    - "cfwheel @ {wheel}#sha256={sha}"\nvariables:\n  CF_VARIABLE: from the file\n'


def main(channel: Path, output: Path, wanted: list[str]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    path = make_wheel(output)
    wheel, sha = path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest()
    records = packages(channel, wanted)
    (output / "conda-lock.yml").write_text("".join(conda_lock(records, wheel, sha)))
    (output / "pixi.lock").write_text("".join(pixi_lock(records, wheel, sha)))
    (output / "explicit.txt").write_text("".join(explicit(records)))
    (output / "environment.yml").write_text("".join(environment_yml(records, channel, wheel, sha)))
    (output / "requirements.txt").write_text(f"--no-index\n--find-links {output.as_uri()}\ncfwheel==1.0\n")


USUAL = ["python", "pip", "setuptools", "wheel", "tqdm", "greeting", "greeting-data"]

if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute(), sys.argv[3:] or USUAL)
