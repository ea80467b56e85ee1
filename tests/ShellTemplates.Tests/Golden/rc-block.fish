# >>> condafuse >>>
if test -x %BIN%/condafuse
  contains -- %BIN% $PATH; or set -gx PATH %BIN% $PATH
  %BIN%/condafuse init fish | source
end
# <<< condafuse <<<
