# Prints what an interactive zsh offers for the command line $1: presses tab, and lists; not the line itself. With $2, completions come from that folder.
zmodload zsh/zpty
zpty interactive "zsh -f -i"
() {
  local line
  zpty -w interactive "PROMPT=; unsetopt zle_bracketed_paste; LISTMAX=0; stty columns 200"
  if [[ -n "$2" ]]; then
    zpty -w interactive "fpath=(${(q)2} \$fpath)"
  fi
  zpty -w interactive 'autoload -Uz compinit; compinit -u -d "$HOME/zcompdump"'
  if [[ -z "$2" ]]; then
    zpty -w interactive 'eval "$(condafuse init zsh)"'
  fi
  # One widget lists and says that it did: keys that wait already would make zsh skip the list. The terminal may echo what is typed, so the marks are not in it.
  zpty -w interactive 'offered() { zle list-choices; zle -R; zle -I; print EN""D }; zle -N offered; bindkey "^I" offered'
  zpty -w interactive 'print BEG""IN'
  while zpty -r interactive line && [[ "$line" != *BEGIN* ]]; do :; done
  zpty -w -n interactive "$1"$'\t'
  while zpty -r interactive line && [[ "$line" != *END* ]]; do
    [[ "$line" == *BEGIN* || "$line" == *"$1"* ]] || print -r -- "$line"
  done
} "$@"
zpty -d interactive
