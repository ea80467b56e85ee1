# shellcheck shell=bash
# Builds the program and the script to source. Needs scripts/messages.sh.

# publish CHECKOUT DIRECTORY: condafuse and conda-fuse.sh end up in the directory.
publish() {
  local checkout=$1 target=$2
  quietly "Building condafuse" dotnet publish "${checkout}/src/Helper/Helper.csproj" \
    --configuration Release --nologo --verbosity quiet -p:RunAnalyzers=false --output "${target}" -nodeReuse:false ||
    fail "the build failed"
  "${target}/condafuse" init bash --script >"${target}/conda-fuse.sh" || fail "the new program does not run"
}
