# shellcheck shell=bash
# One marked block in a shell's startup file. Removing it restores the file byte for byte.
# A newline before the block belongs to it; a file that we created starts with the block.

rc_begin='# >>> condafuse >>>'
rc_end='# <<< condafuse <<<'

# rc_file SHELL: the file that interactive shells read.
rc_file() {
  case $1 in
  bash) printf '%s\n' "${HOME}/.bashrc" ;;
  zsh) printf '%s\n' "${ZDOTDIR:-${HOME}}/.zshrc" ;;
  fish) printf '%s\n' "${XDG_CONFIG_HOME:-${HOME}/.config}/fish/config.fish" ;;
  *) return 1 ;;
  esac
}

# rc_block SHELL BIN: the block's text, for a program installed in the directory BIN.
rc_block() {
  local shell=$1 bin
  if [[ ${shell} == fish ]]; then
    bin=${2//\\/\\\\}
    bin="'${bin//\'/\\\'}'"
    printf '%s\n' "${rc_begin}" \
      "if test -x ${bin}/condafuse" \
      "  contains -- ${bin} \$PATH; or set -gx PATH ${bin} \$PATH" \
      "  ${bin}/condafuse init fish | source" \
      "end" "${rc_end}"
  else
    bin="'${2//\'/\'\\\'\'}'"
    printf '%s\n' "${rc_begin}" \
      "if [ -x ${bin}/condafuse ]; then" \
      "  case \":\${PATH}:\" in *:${bin}:*) ;; *) export PATH=${bin}\":\${PATH}\" ;; esac" \
      "  eval \"\$(${bin}/condafuse init ${shell})\"" \
      "fi" "${rc_end}"
  fi
}

# rc_with FILE BLOCK and rc_without FILE: print the file's new content.
rc_with() {
  local text before after
  text=$(rc_read "$1") && text=${text%x} || return
  if [[ ${text} == *"${rc_begin}"* ]]; then
    rc_whole "$1" "${text}" || return
    before=${text%%"${rc_begin}"*}
    after=${text#*"${rc_end}"$'\n'}
    printf '%s%s\n%s' "${before}" "$2" "${after}"
  elif [[ -e $1 ]]; then
    printf '%s\n%s\n' "${text}" "$2"
  else
    printf '%s\n' "$2"
  fi
}

rc_without() {
  local text before
  text=$(rc_read "$1") && text=${text%x} || return
  if [[ ${text} != *"${rc_begin}"* ]]; then
    printf '%s' "${text}"
    return
  fi
  rc_whole "$1" "${text}" || return
  before=${text%%"${rc_begin}"*}
  printf '%s%s' "${before%$'\n'}" "${text#*"${rc_end}"$'\n'}"
}

# Appends an x to the file, because a substitution drops trailing newlines.
rc_read() {
  if [[ -e $1 ]]; then
    cat -- "$1" || return
  fi
  printf x
}

rc_whole() {
  [[ $2 == *"${rc_begin}"*"${rc_end}"$'\n'* ]] && return
  printf "error: %s has '%s' without '%s': mend it by hand\n" "$1" "${rc_begin}" "${rc_end}" >&2
  return 1
}

# rc_difference FILE NEW: shows the changes; succeeds if there are none.
rc_difference() {
  if [[ -e $1 ]]; then
    diff -u --label "$1" --label "$1 (new)" -- "$1" "$2"
  else
    diff -u --label "$1 (none)" --label "$1 (new)" -- /dev/null "$2"
  fi
}

# rc_replace FILE NEW: replaces FILE by the file NEW; a link and the mode are kept.
# A file that we created, and that contains nothing else, is deleted.
rc_replace() {
  local file beside
  file=$(readlink -m -- "$1")
  if [[ ! -s $2 && -e ${file} && "$(head -n 1 -- "${file}")" == "${rc_begin}" ]]; then
    rm -- "${file}"
    return
  fi
  mkdir -p -- "${file%/*}"
  beside=$(mktemp "${file}.XXXXXX")
  if [[ -e ${file} ]]; then
    cp --attributes-only --preserve=all -- "${file}" "${beside}"
  else
    chmod "$(printf '%o' $((0666 & ~0$(umask))))" -- "${beside}"
  fi
  cat -- "$2" >"${beside}"
  mv -- "${beside}" "${file}"
}
