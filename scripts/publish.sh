# shellcheck shell=bash
# Builds the program and the script to source. Needs scripts/messages.sh.

# publish CHECKOUT DIRECTORY [PORTABLE]: writes condafuse and conda-fuse.sh into the directory; PORTABLE is true or false.
publish() {
  local checkout=$1 target=$2 portable=${3:-false}
  quietly "Building condafuse" dotnet publish "${checkout}/src/Helper/Helper.csproj" \
    --configuration Release --nologo --verbosity quiet --output "${target}" -nodeReuse:false \
    -p:CondaFuseChecks=false -p:DebugType=none -p:LockedRestore=true -p:CondaFusePortable="${portable}" ||
    fail "the build failed"
  "${target}/condafuse" init bash --script >"${target}/conda-fuse.sh" || fail "the new program does not run"
}
