# Defines mamba and micromamba as shell functions for fish.

if not set -q MAMBA_SHLVL
  set -gx MAMBA_SHLVL 0
  set -gx PATH $MAMBA_ROOT_PREFIX/condabin $PATH
end

function __mamba_wrap --inherit-variable MAMBA_EXE
  switch "$argv[1]"
    case activate deactivate
      set -l text ($MAMBA_EXE shell $argv --shell fish)
      or return
      string join \n -- $text | source
    case install update upgrade remove uninstall
      $MAMBA_EXE $argv
      and $MAMBA_EXE shell reactivate --shell fish | source
    case '*'
      $MAMBA_EXE $argv
  end
end

function mamba
  __mamba_wrap $argv
end

function micromamba
  __mamba_wrap $argv
end

function __mamba_add_prompt
  if set -q CONDA_PROMPT_MODIFIER
    echo -n $CONDA_PROMPT_MODIFIER
  end
end

if not functions -q __fish_prompt_orig
  if functions -q fish_prompt
    functions -c fish_prompt __fish_prompt_orig
    functions -e fish_prompt
  else
    function __fish_prompt_orig
    end
  end
  function fish_prompt
    __mamba_add_prompt
    __fish_prompt_orig
  end
end
