#!/usr/bin/env bash
# Builds and installs condafuse; see usage below.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/messages.sh
source "${checkout}/scripts/messages.sh"
# shellcheck source=scripts/requirements.sh
source "${checkout}/scripts/requirements.sh"
# shellcheck source=scripts/publish.sh
source "${checkout}/scripts/publish.sh"
# shellcheck source=scripts/files.sh
source "${checkout}/scripts/files.sh"

usage() {
  cat <<'USAGE'
Build condafuse from this checkout and install it. You can run this again at any time.

usage: ./install.sh [--prefix DIR] [--rc SHELL]... [--portable]
       ./install.sh --uninstall [--prefix DIR]
       ./install.sh --demo [--prefix DIR] [--rc SHELL]...

  --prefix DIR   where to install (default: ~/.local): bin, share/man, shell completions
  --rc SHELL     also add one marked block to the start-up file of bash, zsh or fish;
                 shows the change first, and on a terminal asks
  --portable     build without the machine's compression libraries: compressing and first reads
                 take a third to a half longer, and xz is not supported
  --yes          do not ask
  --uninstall    remove the installed files and these blocks; environments stay
  --demo         install, then create, mount, use and unmount an environment in a
                 temporary home, which is deleted at the end
  --help         show this help

The build needs the .NET SDK, clang and static libraries, which are installed with apt, dnf, zypper
or pacman. To mount as an ordinary user, you need fusermount3 from the package fuse3.
USAGE
}

prefix=${HOME:-}/.local action=install yes=false portable=false rc_shells=()

parse() {
  while (($# > 0)); do
    case $1 in
    --prefix | --rc)
      (($# > 1)) || usage_error "$1 needs a value"
      set -- "$1=$2" "${@:3}"
      continue
      ;;
    --prefix=?*) prefix=${1#*=} ;;
    --rc=bash | --rc=zsh | --rc=fish) rc_shells+=("${1#*=}") ;;
    --portable) portable=true ;;
    --yes) yes=true ;;
    --uninstall) action=uninstall ;;
    --demo) action=demo ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) usage_error "$1 is not understood" ;;
    esac
    shift
  done
  [[ ${prefix} == /* ]] || prefix=${PWD}/${prefix}
  prefix=$(readlink -m -- "${prefix}")
}

usage_error() {
  printf 'error: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

# build DIRECTORY: builds everything to install into the directory.
build() {
  ensure_dotnet "${checkout}"
  ensure_build_tools "${portable}"
  publish "${checkout}" "$1" "${portable}"
}

install_all() {
  build "${scratch}/published"
  install_files "${checkout}" "${scratch}/published" "${prefix}"
  say "Installed $("${prefix}/bin/condafuse" --version | head -n 1) in ${prefix}"
  if ((${#rc_shells[@]} > 0)); then
    set_up --no-links "${rc_shells[@]/#/--shell=}"
  fi
  command -v fusermount3 >/dev/null || command -v fusermount >/dev/null || ((EUID == 0)) ||
    say "To mount, fusermount3 is needed: install fuse3 (apt-get install fuse3), or ask who runs this machine to."
  ((${#rc_shells[@]} > 0)) ||
    say "For the functions in a shell:  source '${prefix}/bin/conda-fuse.sh'  (fish: '${prefix}/bin/condafuse' init fish | source)"
}

uninstall() {
  if [[ -x ${prefix}/bin/condafuse ]] && ! set_up --undo; then
    say "The blocks in startup files stay; each does nothing once the program is removed."
  fi
  remove_files "${prefix}"
}

# set_up ARGUMENT...: runs condafuse setup, which shows what it changes and asks on a terminal.
set_up() {
  [[ ${yes} == false && -t 0 ]] || set -- "$@" --yes
  "${prefix}/bin/condafuse" setup "$@"
}

demo() {
  # Only ordinary users need it, and only to mount; reported now rather than after the build.
  if ((EUID != 0)) && ! command -v fusermount3 >/dev/null && ! command -v fusermount >/dev/null; then
    # shellcheck source=scripts/packages.sh
    source "${checkout}/scripts/packages.sh"
    ensure_packages "the demo" "${packages_use[@]}"
  fi
  install_all
  # shellcheck source=scripts/demo.sh
  source "${checkout}/scripts/demo.sh"
  run_demo "${checkout}" "${scratch}" "${prefix}"
}

parse "$@"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/condafuse-install.XXXXXX")
trap 'rm -rf -- "${scratch}"' EXIT
case ${action} in
install) install_all ;;
uninstall) uninstall ;;
demo) demo ;;
esac
