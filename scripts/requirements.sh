# shellcheck shell=bash
# Installs missing packages and the .NET SDK. Needs scripts/messages.sh.

# shellcheck source=scripts/packages.sh
source "${BASH_SOURCE[0]%/*}/packages.sh"

# package_manager: apt-get, dnf, zypper or pacman; fails if there is none of them.
package_manager() {
  local manager
  for manager in apt-get dnf zypper pacman; do
    if command -v "${manager}" >/dev/null; then
      printf '%s\n' "${manager}"
      return
    fi
  done
  return 1
}

# is_installed MANAGER PACKAGE
is_installed() {
  case $1 in
  apt-get) [[ "$(dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null)" == installed ]] ;;
  pacman) pacman -Q "$2" >/dev/null 2>&1 ;;
  *) rpm -q "$2" >/dev/null 2>&1 ;;
  esac
}

# ensure_packages PURPOSE PACKAGE...: installs missing packages, or prints what to install and fails. Packages are given by their Debian names.
ensure_packages() {
  local purpose=$1 missing=() names=() package manager translated
  shift
  manager=$(package_manager) ||
    fail "there is no apt-get, dnf, zypper or pacman here. Install what ${purpose} needs, here by its Debian names: $*"
  translated=$(package_names "${manager}" "$@") || fail "this distribution has no packages for ${purpose}, by their Debian names: $*"
  mapfile -t names <<<"${translated}"
  for package in "${names[@]}"; do
    is_installed "${manager}" "${package}" || missing+=("${package}")
  done
  ((${#missing[@]} > 0)) || return 0
  quietly "Installing for ${purpose}: ${missing[*]}" install_packages "${manager}" "${missing[@]}" ||
    fail "could not install with ${manager}. By hand: ${manager} $(install_verb "${manager}") ${missing[*]}"
}

install_verb() {
  if [[ $1 == pacman ]]; then printf -- '-S\n'; else printf 'install\n'; fi
}

install_packages() {
  local manager=$1 root=() install
  shift
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
  case ${manager} in
  apt-get) install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@") ;;
  dnf) install=(dnf install --assumeyes "$@") ;;
  zypper) install=(zypper --non-interactive install "$@") ;;
  *) install=(pacman -S --noconfirm --needed "$@") ;;
  esac
  "${root[@]}" "${install[@]}" || {
    [[ ${manager} == apt-get ]] || return 1
    "${root[@]}" apt-get update
    "${root[@]}" "${install[@]}"
  }
}

# ensure_build_tools PORTABLE: the linker driver and, unless PORTABLE is true, static libraries; packages are installed only if one is not found.
ensure_build_tools() {
  local libraries=(zstd lzma lz4 deflate bz2) packages=("${packages_build[@]}")
  if [[ $1 == true ]]; then
    libraries=()
    packages=("${packages_build_portable[@]}")
  fi
  can_link "${libraries[@]}" && return
  if ! package_names "$(package_manager || true)" "${packages[@]}" >/dev/null; then
    fail "this distribution has no static libraries of zstd, lzma, lz4, libdeflate and bzip2. Build without them: ./install.sh --portable"
  fi
  ensure_packages "the build" "${packages[@]}"
  can_link "${libraries[@]}" ||
    fail "clang, or a static library of ${libraries[*]:-the C library}, is still not found. Without these libraries: ./install.sh --portable"
}

# can_link LIBRARY...: whether clang and these static libraries are installed.
can_link() {
  local library
  command -v clang >/dev/null || return 1
  for library in "$@"; do
    # clang prints the bare name if it does not find the file.
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
