# The actions of an activation in fish; see the table of bash and zsh. fish draws the prompt from CONDA_PROMPT_MODIFIER.
scripts .fish
quote   '{}'
escape  \ \\
escape  ' \'
export  set -gx {name} {value}
unset   set -e {name}
assign  set -g {name} {value}
source  source {value}
rehash  true
conda   __conda_fuse_conda {values}
words   set -g __conda_fuse_words {values}
become  exec {values} $argv
