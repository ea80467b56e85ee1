#!/usr/bin/env bats
# Module files under the real Environment Modules and the real Lmod. Their Debian packages conflict: Lmod's is unpacked here.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
  # Lmod's own scripts take no path with a space.
  export lmod
  lmod="$(mktemp -d /tmp/condafuse-lmod.XXXXXX)"
  chmod 755 "${lmod}"
  (cd "${lmod}" && apt-get download -q lmod >download.log 2>&1 && dpkg -x lmod_*.deb .) || cat "${lmod}/download.log" >&3
  # It is built for one place.
  ln -s "$(basename "${lmod}"/usr/share/lmod/[0-9]*)" "${lmod}/usr/share/lmod/lmod"
  grep -rlI /usr/share/lmod "${lmod}/usr" | xargs sed -i "s|/usr/share/lmod|${lmod}/usr/share/lmod|g"
}

teardown_file() {
  rm -rf "${lmod:?}"
}

# Environment odd, whose activation sets more than conda's variables.
odd_environment() {
  local prefix
  small_environment odd
  prefix="$(prefix_of odd)"
  mkdir -p "${prefix}/etc/conda/env_vars.d" "${prefix}/etc/conda/activate.d"
  cat >"${prefix}/etc/conda/env_vars.d/odd.json" <<'JSON'
{"ODD": "a \"b\" $HOME [exit] `c` 'd' {e} \\f größe", "TWO": "one\ntwo", "CHANGED": "by the module"}
JSON
  cat >"${prefix}/etc/conda/activate.d/more.sh" <<'SCRIPT'
echo "said by a script"
export FROM_SCRIPT="${CONDA_PREFIX}/share" LD_LIBRARY_PATH="${CONDA_PREFIX}/lib${LD_LIBRARY_PATH:+:${LD_LIBRARY_PATH}}"
export PATH="${CONDA_PREFIX}/more:${PATH}" XDG_DATA_DIRS="${XDG_DATA_DIRS:-/usr/share}:${CONDA_PREFIX}/share"
a_function() { :; }
SCRIPT
  in_environment "${CONDAFUSE_BIN}" commit odd
  # Lmod loses track of module files in folders with some names (its table then is "corrupt").
  files="${lmod}/files-${BATS_TEST_NUMBER}"
  mkdir -p "${files}"/{tcl,lua}
}

# Runs script $2 in bash with `module` of Environment Modules or of Lmod ($1: tcl or lua); `table` prints the environment without their own bookkeeping.
with_modules() {
  local start
  case "$1" in
    tcl) start='. /usr/share/modules/init/bash' ;;
    lua) start="module() { eval \"\$(${lmod}/usr/share/lmod/lmod/libexec/lmod bash \"\$@\")\"; }" ;;
  esac
  cat >"${home}/script" <<SCRIPT
export MODULEPATH='${files}/$1' CHANGED='before it' XDG_DATA_DIRS=/usr/share:/opt/share
${start}
table() {
  env -0 | grep -zvE '^(_|BASH_FUNC|LOADEDMODULES|_LMFILES_|__MODULES|_ModuleTable|LMOD|__LMOD|MODULE|SHLVL|OLDPWD)' | sort -z | tr '\0' '\n'
}
$2
SCRIPT
  run --separate-stderr in_environment bash --norc --noprofile "${home}/script"
}

# What a loaded module shows, and that its unloading restores everything.
load_and_unload='
table >"$HOME/before"
module load odd || echo "load failed"
greeting
printf "%s\n" "$ODD" "$CHANGED" "$FROM_SCRIPT" "$LD_LIBRARY_PATH" "$XDG_DATA_DIRS"
printf "%s\n" "$CONDA_PREFIX" "$CONDA_DEFAULT_ENV" "$CONDA_SHLVL" "$PATH"
module unload odd || echo "unload failed"
table >"$HOME/after"
diff "$HOME/before" "$HOME/after" && echo "all is as before"'

expect_loaded() {
  local prefix="${mounts}/odd/odd"
  expect_status 0
  [[ "${lines[0]}" == "hello from ${prefix}, "* ]] || fail 'the program'
  [[ "${lines[1]}" == "a \"b\" \$HOME [exit] \`c\` 'd' {e} \\f größe" ]] || fail 'an odd value'
  [[ "${lines[2]}|${lines[3]}|${lines[4]}" == "by the module|${prefix}/share|${prefix}/lib" ]] || fail 'variables'
  [[ "${lines[5]}" == "/usr/share:/opt/share:${prefix}/share" ]] || fail 'a list of paths'
  [[ "${lines[6]}|${lines[7]}|${lines[8]}" == "${prefix}|odd|1" && "${lines[9]}" == "${prefix}/more:${prefix}/bin:"* ]] || fail 'the variables'
  [[ "${lines[-1]}" == 'all is as before' ]] || fail 'unloading'
}

@test "a Tcl module mounts on load and restores everything on unload" {
  odd_environment
  helper module odd
  expect_status 0
  [[ "${output}" == '#%Module1.0'* ]] || fail 'the text'
  expect_in_stderr 'said by a script'
  echo "${output}" >"${files}/tcl/odd"
  expect_in_stderr 'the variable TWO is left out'
  unmount odd
  with_modules tcl "${load_and_unload}"
  expect_loaded
  unmount odd
}

@test "a Lua module mounts on load and restores everything on unload" {
  odd_environment
  helper module odd --lua
  expect_status 0
  echo "${output}" >"${files}/lua/odd.lua"
  unmount odd
  with_modules lua "${load_and_unload}"
  expect_loaded
  # Looking at a module mounts nothing.
  unmount odd
  with_modules lua 'module --terse avail; module show odd; module whatis odd'
  expect_in_stderr 'conda environment odd, mounted by condafuse'
  [[ -z "$(servers)" ]] || fail 'mounted'
}

@test "a module over an active environment is stacked, and conda deactivate and unload leave it" {
  local format system
  odd_environment
  helper module odd
  echo "${output}" >"${files}/tcl/odd"
  helper module odd --lua
  echo "${output}" >"${files}/lua/odd.lua"
  for system in tcl lua; do
    with_modules "${system}" "
export CONDA_PREFIX=/opt/outer CONDA_SHLVL=1 CONDA_DEFAULT_ENV=outer CONDA_PROMPT_MODIFIER='(outer) ' PATH=\"/opt/outer/bin:\$PATH\"
"'
table >"$HOME/before"
module load odd
echo "$CONDA_SHLVL|$CONDA_PREFIX_1|$CONDA_STACKED_2|$CONDA_DEFAULT_ENV|${PATH##*/opt/outer/bin}"
module unload odd
table >"$HOME/after"
diff "$HOME/before" "$HOME/after" && echo "all is as before"
module load odd
eval "$(condafuse deactivate --shell bash --pid $$)"
echo "$CONDA_SHLVL|$CONDA_PREFIX|${CONDA_PREFIX_1-}|${CONDA_STACKED_2-}|$PATH"
module unload odd
echo "$CONDA_SHLVL|$CONDA_PREFIX|${CONDA_PREFIX_1-}|${CONDA_STACKED_2-}|${ODD-}|${PATH%%:*}"
'
    [[ "${lines[0]}" == '2|/opt/outer|true|odd|:'* ]] || fail "stacked under ${system}"
    [[ "${lines[1]}" == 'all is as before' ]] || fail "unloaded under ${system}"
    [[ "${lines[2]}" == '1|/opt/outer|||'*/opt/outer/bin:* && "${lines[2]}" != *"${mounts}/odd/odd/bin"* ]] || fail "deactivated under ${system}"
    [[ "${lines[3]}" == '1|/opt/outer||||/opt/outer/bin' ]] || fail "deactivated and unloaded under ${system}"
  done
  unmount odd
}

@test "a module whose environment is gone says so and changes nothing" {
  local system
  odd_environment
  helper module odd
  echo "${output}" >"${files}/tcl/odd"
  helper module odd --lua
  echo "${output}" >"${files}/lua/odd.lua"
  unmount odd
  rm "${archives}/odd.squashfs"
  for system in tcl lua; do
    with_modules "${system}" "
module load odd; echo \"[\${CONDA_PREFIX-}]\""
    expect_output '[]'
    expect_in_stderr "there is no environment 'odd'"
    expect_in_stderr "the environment 'odd' was not mounted"
  done
  helper module odd
  expect_status 3
}
