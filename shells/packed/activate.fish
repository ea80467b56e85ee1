# Sourced by fish: puts this environment in front of PATH, until `deactivate`.

function deactivate -d 'Leave the packed environment'
    set -q CONDA_PREFIX; or return 0
    for script in $CONDA_PREFIX/etc/conda/deactivate.d/*.fish
        source $script
    end
    set -l kept
    for entry in $PATH
        test $entry = $CONDA_PREFIX/bin; or set -a kept $entry
    end
    set -gx PATH $kept
    if functions -q _condafuse_pack_prompt
        functions -e fish_prompt
        functions -c _condafuse_pack_prompt fish_prompt
        functions -e _condafuse_pack_prompt
    end
    set -e CONDA_PREFIX
    set -e _CONDAFUSE_PACK_ACTIVE
end

function _condafuse_pack_activate -a root
    if set -q CONDA_PREFIX
        test "$CONDA_PREFIX" = $root; and return 0
        # Another packed environment is left first.
        test "$_CONDAFUSE_PACK_ACTIVE" = "$CONDA_PREFIX"; and deactivate
    end
    set -gx CONDA_PREFIX $root
    set -gx _CONDAFUSE_PACK_ACTIVE $root
    set -gx PATH $root/bin $PATH
    functions -q fish_prompt; and functions -c fish_prompt _condafuse_pack_prompt
    function fish_prompt
        # The user's prompt first: it may show the last status.
        set -l prompt (functions -q _condafuse_pack_prompt; and _condafuse_pack_prompt)
        printf '(%s) ' (string split -r -m1 / $CONDA_PREFIX)[-1]
        string join \n $prompt
    end
    for script in $root/etc/conda/activate.d/*.sh
        # Not fish's language: run for what it does outside of the shell.
        sh $script
    end
    for script in $root/etc/conda/activate.d/*.fish
        source $script
    end
end

_condafuse_pack_activate (builtin cd (string split -r -m1 / (status filename))[1]/..; and pwd -P)
functions -e _condafuse_pack_activate
