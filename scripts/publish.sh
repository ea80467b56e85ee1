# shellcheck shell=bash
# Builds the program and the script to source. Needs scripts/messages.sh.

# publish CHECKOUT DIRECTORY: condafuse and conda-fuse.sh end up in the directory.
publish() {
  local checkout=$1 target=$2
  quietly "Building condafuse" dotnet publish "${checkout}/src/Helper/Helper.csproj" \
    --configuration Release --nologo --verbosity quiet --output "${target}" -nodeReuse:false ||
    fail "the build failed"
  find "${checkout}/src/Helper/obj/Release" -path '*/shells/conda-fuse.sh' -exec cp -- {} "${target}/" \;
  [[ -s ${target}/conda-fuse.sh ]] || fail "the build did not render conda-fuse.sh"
}
