#!/usr/bin/env bats
# Environments as kernels of Debian's jupyter-client.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# An environment `notebook` whose Python finds Debian's ipykernel.
notebook_environment() {
  local prefix
  kept_environment notebook python
  prefix="$(prefix_of notebook)"
  echo /usr/lib/python3/dist-packages >"$(echo "${prefix}"/lib/python3.*/site-packages)/debian.pth"
  # With an activation script, a shell precedes the kernel.
  if [[ "${1:-}" == --scripts ]]; then
    mkdir -p "${prefix}/etc/conda/activate.d"
    echo 'export SCRIPT=ran' >"${prefix}/etc/conda/activate.d/note.sh"
  fi
  unmount notebook
}

# The session in a notebook server's environment: neither our PATH nor our variables.
jupyter_session() {
  run --separate-stderr "${acting[@]}" env -i HOME="${home}" PATH=/usr/bin:/bin LANG=C.UTF-8 "$@" \
    timeout 180 /usr/bin/python3 "${BATS_TEST_DIRNAME}/jupyter_session.py" condafuse-notebook
}

@test "a kernel starts from an environment that is not mounted, executes, is interrupted, and ends" {
  local scripts prefix="${home}/mounted here/notebook/notebook"
  for scripts in '' --scripts; do
    notebook_environment ${scripts}
    mkdir -p "${home}/kept here"
    mv "${archives}/notebook.squashfs" "${home}/kept here/"
    environment+=(CONDA_FUSE_ARCHIVE_PATH="${home}/kept here" CONDA_FUSE_MOUNT_ROOT="${home}/mounted here")
    helper kernel install notebook
    expect_status 0
    unmount notebook
    jupyter_session
    expect_status 0
    expect_output "${prefix}/bin/python ${prefix} None
asleep KeyboardInterrupt
still here None
ended"
    [[ "$(mounted_below "${home}")" == "${home}/mounted here/notebook" ]] || fail 'it is mounted until it is unmounted'
    unmount notebook
    environment=("${environment[@]::${#environment[@]}-2}")
  done
}

@test "where fusermount is missing, a kernel runs in a namespace and is interrupted alike" {
  [[ "${EUID}" -ne 0 ]] || skip 'root mounts without fusermount'
  notebook_environment
  helper kernel install notebook
  expect_status 0
  unmount notebook
  : >"${home}/nothing"
  acting=(unshare --user --map-root-user --mount sh -c "for f in /usr/bin/fusermount3 /usr/bin/fusermount /bin/fusermount3 /bin/fusermount; do
      mount --bind '${home}/nothing' \"\$f\"
    done
    exec unshare --user --map-user=${EUID} --map-group=$(id -g) \"\$@\"" sh)
  jupyter_session
  acting=()
  expect_status 0
  [[ "${lines[1]}" == 'asleep KeyboardInterrupt' && "${lines[2]}" == 'still here None' && "${lines[3]}" == ended ]] || fail 'the session'
  rmdir "${mounts}/notebook"
}

@test "kernels are listed and removed; other programs' kernels stay" {
  local kernels="${home}/data/jupyter/kernels"
  notebook_environment
  environment+=(XDG_DATA_HOME="${home}/data")
  helper kernel list
  expect_status 0
  expect_in_output 'no kernels'
  helper kernel install notebook --display-name 'My notebook'
  expect_status 0
  helper kernel install notebook --display-name 'My "other" notebook'
  expect_status 0
  mkdir -p "${kernels}/python3"
  echo '{"argv": ["python3"], "display_name": "Python 3", "language": "python"}' >"${kernels}/python3/kernel.json"
  helper kernel list --json
  expect_status 0
  [[ "$(json '[(k["environment"], k["kernel"], k["displayName"], k["archiveExists"]) for k in answer["kernels"]]')" == \
    "[('notebook', 'condafuse-notebook', 'My \"other\" notebook', True)]" ]] || fail 'the JSON'
  run --separate-stderr in_environment /usr/bin/python3 -c '
from jupyter_client.kernelspec import KernelSpecManager
print(KernelSpecManager().get_kernel_spec("condafuse-notebook").display_name)'
  expect_output 'My "other" notebook'
  mkdir -p "${kernels}/condafuse-other"
  echo '{"argv": ["x"], "display_name": "x"}' >"${kernels}/condafuse-other/kernel.json"
  cp "${archives}/notebook.squashfs" "${archives}/other.squashfs"
  helper kernel install other
  expect_status 4
  expect_in_stderr "${kernels}/condafuse-other is another kernel"
  helper kernel remove notebook
  expect_status 0
  helper kernel remove notebook
  expect_status 3
  [[ "$(ls "${kernels}")" == $'condafuse-other\npython3' ]] || fail 'others were removed'
  unmount notebook
  unmount other
}

@test "an environment without ipykernel, or without python, is refused as a kernel" {
  small_environment
  kept_environment notebook python
  helper kernel install small
  expect_status 1
  expect_in_stderr "cannot make a kernel of 'small': it has no python"
  helper kernel install notebook
  expect_status 1
  expect_in_stderr 'its python has no ipykernel'
  expect_in_stderr 'conda install ipykernel'
  helper kernel install noteboo
  expect_status 3
  expect_in_stderr "did you mean 'notebook'?"
  [[ ! -e "${home}/.local/share/jupyter" ]]
  unmount small
  unmount notebook
}
