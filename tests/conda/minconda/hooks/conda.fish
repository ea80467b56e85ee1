# Defines `conda` as a shell function for fish.

if not set -q CONDA_SHLVL
  set -gx CONDA_SHLVL 0
  set -gx PATH (dirname (dirname $CONDA_EXE))/condabin $PATH
end

function conda --inherit-variable CONDA_EXE
  switch "$argv[1]"
    case activate deactivate
      set -l text ($CONDA_EXE shell.fish $argv)
      or return
      eval $text
    case install update upgrade remove uninstall
      $CONDA_EXE $argv
      and eval ($CONDA_EXE shell.fish reactivate)
    case '*'
      $CONDA_EXE $argv
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
