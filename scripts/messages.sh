# shellcheck shell=bash
# Messages of the scripts: steps on stdout, errors on stderr, long commands with their time instead of their output.

say() {
  printf '%s\n' "$*"
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# quietly TITLE COMMAND...: runs a command; its output is shown only if it fails.
quietly() {
  local title=$1 log pid started=${SECONDS} code=0
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/condafuse-log.XXXXXX")
  "$@" >"${log}" 2>&1 </dev/null &
  pid=$!
  if [[ -t 1 ]]; then
    while kill -0 "${pid}" 2>/dev/null; do
      printf '\r%s ... %d s ' "${title}" $((SECONDS - started))
      sleep 1
    done
    printf '\r'
  fi
  wait "${pid}" || code=$?
  if ((code != 0)); then
    printf '%s ... failed after %d s:\n' "${title}" $((SECONDS - started)) >&2
    cat "${log}" >&2
  else
    printf '%s ... %d s\n' "${title}" $((SECONDS - started))
  fi
  rm -f "${log}"
  return "${code}"
}
