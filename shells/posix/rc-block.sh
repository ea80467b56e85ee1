# >>> condafuse >>>
if [ -x %BIN%/condafuse ]; then
  case ":${PATH}:" in *:%BIN%:*) ;; *) export PATH=%BIN%":${PATH}" ;; esac
  eval "$(%BIN%/condafuse init %SHELL%)"
fi
# <<< condafuse <<<
