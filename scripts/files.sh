# shellcheck shell=bash
# Installs files and removes them again by a manifest. Needs scripts/messages.sh.
# The manifest has a line for every file, and one ending with a slash for every directory that we created, all relative to the prefix.

manifest=share/condafuse/manifest
installed_files=(
  bin/condafuse
  bin/conda-fuse.sh
  sbin/mount.condafuse
  share/condafuse/LICENSE
  share/bash-completion/completions/condafuse
  share/zsh/site-functions/_condafuse
  share/fish/vendor_completions.d/condafuse.fish
)

# install_files CHECKOUT PUBLISHED PREFIX: installs everything, including the man pages.
install_files() {
  local checkout=$1 published=$2 prefix=$3 program=$3/bin/condafuse files=("${installed_files[@]}") old=() made=() path
  for path in "${checkout}"/man/*.1; do
    files+=("share/man/man1/${path##*/}")
  done
  [[ ! -e ${prefix}/${manifest} ]] || mapfile -t old <"${prefix}/${manifest}"
  for path in "${old[@]}"; do
    [[ ${path} != */ ]] || made+=("${path}")
  done
  for path in "${files[@]}" "${manifest}"; do
    make_directory "${prefix}" "${path%/*}"
  done
  put "${prefix}" bin/condafuse 755 <"${published}/condafuse"
  put "${prefix}" bin/conda-fuse.sh 755 <"${published}/conda-fuse.sh"
  put "${prefix}" sbin/mount.condafuse 755 <"${checkout}/scripts/mount.condafuse"
  for path in "${checkout}"/man/*.1; do
    put "${prefix}" "share/man/man1/${path##*/}" 644 <"${path}"
  done
  put "${prefix}" share/condafuse/LICENSE 644 <"${checkout}/LICENSE"
  "${program}" completions bash | put "${prefix}" share/bash-completion/completions/condafuse 644
  "${program}" completions zsh | put "${prefix}" share/zsh/site-functions/_condafuse 644
  "${program}" completions fish | put "${prefix}" share/fish/vendor_completions.d/condafuse.fish 644
  remove_outdated "${prefix}" "${old[@]}"
  printf '%s\n' "${made[@]}" "${files[@]}" "${manifest}" | put "${prefix}" "${manifest}" 644
}

# make_directory PREFIX PATH: creates a directory with its parents, and adds the new ones to `made`.
make_directory() {
  local path=$2 missing=()
  while [[ ! -d $1/${path} ]]; do
    missing=("${path}/" "${missing[@]}")
    [[ ${path} != . ]] || break
    if [[ ${path} == */* ]]; then path=${path%/*}; else path=.; fi
  done
  mkdir -p -- "$1/$2"
  made+=("${missing[@]}")
}

# put PREFIX PATH MODE: installs a file from stdin; processes that run or read the old file keep it.
put() {
  local target=$1/$2
  cat >"${target}.new"
  chmod "$3" -- "${target}.new"
  mv -- "${target}.new" "${target}"
}

# remove_outdated PREFIX PATH...: removes files of an earlier version that are not in `files`.
remove_outdated() {
  local prefix=$1 path
  shift
  for path in "$@"; do
    case " ${files[*]} ${manifest} " in
    *" ${path} "*) ;;
    *) [[ ${path} == */ ]] || rm -f -- "${prefix}/${path}" ;;
    esac
  done
}

# remove_files PREFIX: removes the files in the manifest, and its directories if they are empty.
remove_files() {
  local prefix=$1 path paths=() index
  [[ -e ${prefix}/${manifest} ]] || {
    say "Nothing of CondaFuse is installed in ${prefix}"
    return
  }
  mapfile -t paths <"${prefix}/${manifest}"
  for path in "${paths[@]}"; do
    [[ ${path} != /* && /${path}/ != */../* ]] || fail "${prefix}/${manifest} names a place outside: ${path}"
    [[ ${path} != */ ]] || continue
    rm -f -- "${prefix}/${path}"
    say "removed ${prefix}/${path}"
  done
  for ((index = ${#paths[@]} - 1; index >= 0; index--)); do
    path=${paths[index]}
    [[ ${path} != */ ]] || rmdir --ignore-fail-on-non-empty -- "${prefix}/${path%./}" 2>/dev/null || true
  done
}
