# Prints what an interactive zsh offers for the command line $1: presses tab, and lists. With $2, completions come from that folder.
zmodload zsh/zpty
zpty interactive "zsh -f -i"
() {
  local line
  zpty -w interactive "PROMPT=; unsetopt zle_bracketed_paste; bindkey '^I' list-choices; LISTMAX=0; stty columns 200"
  if [[ -n "$2" ]]; then
    zpty -w interactive "fpath=(${(q)2} \$fpath)"
  fi
  zpty -w interactive 'autoload -Uz compinit; compinit -u -d "$HOME/zcompdump"'
  if [[ -z "$2" ]]; then
    zpty -w interactive 'eval "$(condafuse init zsh)"'
  fi
  zpty -w interactive 'print BEG''IN'
  while zpty -r interactive line && [[ "$line" != *BEGIN* ]]; do :; done
  zpty -w -n interactive "$1"$'\t'
  sleep 0.3
  zpty -w interactive $'\C-uprint EN''D'
  while zpty -r interactive line && [[ "$line" != *END* ]]; do
    [[ "$line" == *BEGIN* ]] || print -r -- "$line"
  done
} "$@"
zpty -d interactive
