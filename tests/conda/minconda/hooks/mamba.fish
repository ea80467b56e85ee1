# Defines `@MAMBA@` as a shell function for fish.

if not set -q CONDA_SHLVL
  set -gx CONDA_SHLVL 0
  set -gx PATH $MAMBA_ROOT_PREFIX/condabin $PATH
end

function @MAMBA@ --inherit-variable MAMBA_EXE
  switch "$argv[1]"
    case activate deactivate
      set -l text ($MAMBA_EXE shell $argv --shell fish)
      or return
      eval $text
    case install update upgrade remove uninstall
      $MAMBA_EXE $argv
      and eval ($MAMBA_EXE shell reactivate --shell fish)
    case '*'
      $MAMBA_EXE $argv
  end
end

function __conda_prompt
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
    __conda_prompt
    __fish_prompt_orig
  end
end
