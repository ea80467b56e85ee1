# Sourced by fish: prepends this environment to PATH, until `deactivate`. Active conda environments stay active below.

function deactivate -d 'Leave the packed environment'
    set -q _CONDAFUSE_PACK_ACTIVE; or return 0
    set -l left $_CONDAFUSE_PACK_ACTIVE
    for script in $left/etc/conda/deactivate.d/*.fish
        source $script
    end
    for name in (string split -n ' ' -- "$_CONDAFUSE_PACK_VARS")
        set -l old _CONDAFUSE_PACK_OLD_$name
        if set -q $old
            set -gx $name $$old
            set -e $old
        else
            set -e $name
        end
    end
    # The first occurrence is the one that activate added.
    if set -l index (contains -i -- $left/bin $PATH)
        set -e PATH[$index]
    end
    if functions -q _condafuse_pack_prompt
        functions -e fish_prompt
        functions -c _condafuse_pack_prompt fish_prompt
        functions -e _condafuse_pack_prompt
    end
    # Another environment activated meanwhile stays active.
    if test "$CONDA_PREFIX" = $left
        if set -q _CONDAFUSE_PACK_OLD_PREFIX
            set -gx CONDA_PREFIX $_CONDAFUSE_PACK_OLD_PREFIX
        else
            set -e CONDA_PREFIX
        end
    end
    set -e _CONDAFUSE_PACK_ACTIVE
    set -e _CONDAFUSE_PACK_OLD_PREFIX
    set -e _CONDAFUSE_PACK_VARS
end

function _condafuse_pack_activate -a root
    test "$_CONDAFUSE_PACK_ACTIVE" = $root; and return 0
    # Deactivates another packed environment first.
    deactivate
    set -q CONDA_PREFIX; and set -gx _CONDAFUSE_PACK_OLD_PREFIX $CONDA_PREFIX
    set -gx CONDA_PREFIX $root
    set -gx _CONDAFUSE_PACK_ACTIVE $root
    set -gx PATH $root/bin $PATH
    functions -q fish_prompt; and functions -c fish_prompt _condafuse_pack_prompt
    function fish_prompt
        # The user's prompt first: it may show the last status.
        set -l prompt (functions -q _condafuse_pack_prompt; and _condafuse_pack_prompt)
        printf '(%s) ' (string replace -r '.*/' '' -- $_CONDAFUSE_PACK_ACTIVE | string replace -ar '[[:cntrl:]]' '?')
        string join \n $prompt
    end
    # The variables of conda's "env config vars", one per line, escaped for printf.
    if test -r $root/bin/activate.vars
        while read -l line
            set -l name (string split -m1 = -- $line)[1]
            set -q $name; and set -gx _CONDAFUSE_PACK_OLD_$name $$name
            set -gx $name (printf '%b' (string split -m1 = -- $line)[2] | string collect -N)
            set -gx _CONDAFUSE_PACK_VARS "$_CONDAFUSE_PACK_VARS$name "
        end <$root/bin/activate.vars
    end
    for script in $root/etc/conda/activate.d/*.sh
        # Not in fish's language: run for its effects outside the shell.
        sh $script
    end
    for script in $root/etc/conda/activate.d/*.fish
        source $script
    end
end

_condafuse_pack_activate (string replace -r '/bin/[^/]*$' '' -- (realpath (status filename)))
functions -e _condafuse_pack_activate
