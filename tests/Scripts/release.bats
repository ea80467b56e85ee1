#!/usr/bin/env bats
# The output of scripts/release for the installed program: it is complete, and can be installed.

setup_file() {
  bats_require_minimum_version 1.5.0
  export CHECKOUT="${BATS_TEST_DIRNAME}/../.." RELEASE="${BATS_FILE_TMPDIR}/release"
  "${CHECKOUT}/scripts/release" "${RELEASE}" --from "${CONDAFUSE_TEST_PREFIX}"
}

@test "every file has its checksum" {
  cd "${RELEASE}"
  sha256sum --check --strict SHA256SUMS
  [ "$(wc -l <SHA256SUMS)" -eq 4 ]
}

@test "the tarball contains the program, its manual, completions and licences, and the program runs" {
  mkdir "${BATS_TEST_TMPDIR}/tar"
  tar -C "${BATS_TEST_TMPDIR}/tar" -xzf "${RELEASE}"/condafuse-*.tar.gz
  cd "${BATS_TEST_TMPDIR}"/tar/condafuse-*
  cmp bin/condafuse "${CONDAFUSE_TEST_PREFIX}/bin/condafuse"
  bin/condafuse init bash | cmp - "${CHECKOUT}/tests/ShellTemplates.Tests/Golden/init.bash"
  for file in README.md share/man/man1/condafuse.1 share/man/man1/condafuse-create.1 share/condafuse/LICENSE share/condafuse/licences/libzstd-dev.txt \
    share/bash-completion/completions/condafuse share/zsh/site-functions/_condafuse share/fish/vendor_completions.d/condafuse.fish; do
    [ -s "${file}" ]
  done
}

@test "the Debian package depends on the required C library" {
  dpkg-deb --extract "${RELEASE}"/condafuse_*.deb "${BATS_TEST_TMPDIR}/deb"
  "${BATS_TEST_TMPDIR}/deb/usr/bin/condafuse" --version
  [ "$(find "${BATS_TEST_TMPDIR}/deb/usr/share/man/man1" -name 'condafuse*.1.gz' | wc -l)" -eq "$(find "${CHECKOUT}/man" -name '*.1' | wc -l)" ]
  [[ "$(dpkg-deb --field "${RELEASE}"/condafuse_*.deb Depends)" =~ ^'libc6 (>= 2.'[0-9]+')'$ ]]
}

@test "the SBOM names what is linked in, with versions" {
  /usr/bin/python3 - "${RELEASE}"/condafuse-*.spdx.json <<'PY'
import json, sys
parts = {part["name"]: part["versionInfo"] for part in json.load(open(sys.argv[1]))["packages"]}
assert {"CondaFuse", ".NET runtime", "System.CommandLine", "libzstd-dev", "libdeflate-dev"} <= parts.keys(), parts
assert all(v != "unknown" for n, v in parts.items() if n != ".NET runtime"), parts  # its version is read from the builder's package cache
PY
}

@test "conda installs the conda package" {
  local channel="${BATS_TEST_TMPDIR}/channel"
  mkdir -p "${channel}/linux-64" "${channel}/noarch"
  cp "${RELEASE}"/condafuse-*-0.linux-64.tar.bz2 "${channel}/linux-64/condafuse-$("${CONDAFUSE_TEST_PREFIX}/bin/condafuse" --version)-0.tar.bz2"
  /usr/bin/python3 - "${channel}" <<'PY'
import hashlib, json, sys, tarfile
from pathlib import Path
channel = Path(sys.argv[1])
for subdir in ("linux-64", "noarch"):
    packages = {}
    for path in (channel / subdir).glob("*.tar.bz2"):
        with tarfile.open(path) as tar:
            index = json.load(tar.extractfile("info/index.json"))
        data = path.read_bytes()
        index["depends"] = [d for d in index["depends"] if not d.startswith("__")]  # virtual packages, which the stand-in does not support
        packages[path.name] = index | {kind: hashlib.new(kind, data).hexdigest() for kind in ("md5", "sha256")} | {"size": len(data)}
    repodata = {"info": {"subdir": subdir}, "packages": packages, "packages.conda": {}, "removed": [], "repodata_version": 1}
    (channel / subdir / "repodata.json").write_text(json.dumps(repodata))
PY
  "${CONDA_EXE}" create --yes --quiet --override-channels --channel "${channel}" --prefix "${BATS_TEST_TMPDIR}/env" condafuse
  "${BATS_TEST_TMPDIR}/env/bin/condafuse" init bash | cmp - "${CHECKOUT}/tests/ShellTemplates.Tests/Golden/init.bash"
  cmp "${BATS_TEST_TMPDIR}/env/bin/condafuse" "${CONDAFUSE_TEST_PREFIX}/bin/condafuse"
}
