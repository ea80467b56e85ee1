# shellcheck shell=bash
# Finds and removes leftovers of tests below one folder: mounts, processes, temporary files.

# mounts_below FOLDER: mount points, the innermost first. The kernel writes spaces in them as \040.
mounts_below() {
  local point
  while read -r point; do
    printf -v point '%b' "${point}"
    [[ ${point} != "$1"/* ]] || printf '%s\n' "${point}"
  done < <(cut -d ' ' -f 5 /proc/self/mountinfo) | tac
}

# processes_of FOLDER: the ids of processes whose program is in the folder.
processes_of() {
  local link
  for link in /proc/[0-9]*/exe; do
    if [[ "$(readlink -- "${link}" 2>/dev/null)" == "$1"/* ]]; then
      link=${link#/proc/}
      printf '%s\n' "${link%/exe}"
    fi
  done
}

# leftovers_of FOLDER TEMPORARY...: a line for each leftover; the temporary folders must be empty.
leftovers_of() {
  local folder=$1 found
  shift
  while read -r found; do
    printf 'left mounted: %s\n' "${found}"
  done < <(mounts_below "${folder}")
  while read -r found; do
    printf 'left running: %s %s\n' "${found}" "$(tr '\0' ' ' <"/proc/${found}/cmdline" 2>/dev/null)"
  done < <(processes_of "${folder}")
  while read -r found; do
    printf 'left file: %s\n' "${found}"
  done < <(find "$@" -mindepth 1 -maxdepth 1 2>/dev/null)
}

# sweep FOLDER: ends all processes and unmounts everything, so that the folder can be deleted.
sweep() {
  local found
  while read -r found; do
    umount -l -- "${found}" 2>/dev/null || fusermount3 -u -z -- "${found}" 2>/dev/null || true
  done < <(mounts_below "$1")
  for found in $(processes_of "$1"); do
    kill -KILL "${found}" 2>/dev/null || true
  done
}
