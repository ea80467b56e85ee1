# shellcheck shell=bash
# Makes sure that packages and the .NET SDK are there. Needs scripts/messages.sh.

# ensure_packages PURPOSE PACKAGE...: installs what is missing with apt, or says what to install and fails.
ensure_packages() {
  local purpose=$1 missing=() package
  shift
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "this is no Debian or Ubuntu. Install what ${purpose} needs, here by its Debian names: $*"
  fi
  for package in "$@"; do
    [[ "$(dpkg-query -W -f '${db:Status-Status}' "${package}" 2>/dev/null)" == installed ]] || missing+=("${package}")
  done
  ((${#missing[@]} > 0)) || return 0
  quietly "Installing for ${purpose}: ${missing[*]}" apt_install "${missing[@]}" ||
    fail "could not install with apt. By hand: apt-get install ${missing[*]}"
}

apt_install() {
  local root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || {
      echo "Only root can install packages, and sudo is not here."
      return 1
    }
    root=(sudo -n)
    sudo -n true 2>/dev/null || {
      echo "sudo asks for a password: run 'sudo -v' first, or install the packages by hand."
      return 1
    }
  fi
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@")
  "${root[@]}" "${install[@]}" || {
    "${root[@]}" apt-get update
    "${root[@]}" "${install[@]}"
  }
}

# ensure_build_tools: the linker driver and static libraries; packages are asked for only where one is not found.
ensure_build_tools() {
  # shellcheck source=scripts/packages.sh
  source "${BASH_SOURCE[0]%/*}/packages.sh"
  can_link && return
  ensure_packages "the build" "${packages_build[@]}"
  can_link || fail "clang, or one of the static libraries of zlib, zstd, lzma, lz4 and libdeflate, is still not found"
}

can_link() {
  local library
  command -v clang >/dev/null || return 1
  for library in z zstd lzma lz4 deflate; do
    # clang prints the bare name where it has no such file.
    [[ "$(clang -print-file-name="lib${library}.a")" == /* ]] || return 1
  done
}

# ensure_dotnet CHECKOUT: an SDK that the checkout's global.json accepts.
ensure_dotnet() {
  local wanted
  wanted=$(sed -n 's/.*"version": *"\([0-9]*\.[0-9]*\).*/\1/p' "$1/global.json")
  if ! command -v dotnet >/dev/null; then
    fail "the .NET SDK ${wanted} is needed for the build: https://dotnet.microsoft.com/download/dotnet/${wanted}"
  fi
  if ! (cd "$1" && dotnet --version >/dev/null 2>&1); then
    fail "no .NET SDK ${wanted} here (found: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')). \
Get it from https://dotnet.microsoft.com/download/dotnet/${wanted}"
  fi
}
