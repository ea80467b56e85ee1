#%Module1.0
# Written by 'condafuse module', for Environment Modules. Print it again after you install packages that set variables.
module-whatis `whatis`

# Loading mounts the environment. Unloading leaves it mounted: others may use it.
if {[module-info mode load]} {
    if {[catch {exec -ignorestderr `mount` 2>@stderr} condafuse_answer] || $condafuse_answer ne `prefix`} {
        puts stderr `failure`
        break
    }
}

# The level of conda below this one: the environment is stacked on what is active.
set condafuse_level 0
if {[module-info mode unload] && [info exists env(`level`)]} {
    set condafuse_level $env(`level`)
} elseif {[info exists env(CONDA_SHLVL)] && [string is integer -strict $env(CONDA_SHLVL)]} {
    set condafuse_level $env(CONDA_SHLVL)
}
setenv `level` $condafuse_level

# Sets a variable and saves its value as conda does. On unload, setenv removes and unsetenv sets. What has another value then is left alone.
proc condafuse_set {name value} {
    global env condafuse_level
    set saved __CONDA_SHLVL_${condafuse_level}_$name
    if {![module-info mode unload]} {
        if {[info exists env($name)]} {
            setenv $saved $env($name)
        }
        setenv $name $value
        return
    }
    if {[info exists env($name)] && $env($name) eq $value} {
        if {[info exists env($saved)]} {
            unsetenv $name $env($saved)
        } else {
            setenv $name $value
        }
    }
    if {[info exists env($saved)]} {
        setenv $saved $env($saved)
    }
}

if {$condafuse_level > 0 && [info exists env(CONDA_PREFIX)]} {
    setenv CONDA_PREFIX_$condafuse_level $env(CONDA_PREFIX)
    setenv CONDA_STACKED_[expr {$condafuse_level + 1}] true
}
condafuse_set CONDA_SHLVL [expr {$condafuse_level + 1}]
`variables`
