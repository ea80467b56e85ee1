# shellcheck shell=bash disable=SC2034
# The Debian names of all packages for building, using, testing and measuring; read by install.sh, test.sh and bench/run.

# A linker driver for NativeAOT, and the static libraries that become part of the program.
packages_build=(clang zlib1g-dev libzstd-dev liblzma-dev liblz4-dev libdeflate-dev libbz2-dev)

# The same for a portable build, whose codecs are managed code.
packages_build_portable=(clang)

# fusermount3, which mounts for an ordinary user.
packages_use=(fuse3)

# The local conda channel: see tests/conda/README.md.
packages_channel=(python3 python3-numpy python3-scipy python3-pandas python3-pip python3-setuptools python3-wheel
  python3-six python3-tz python3-dateutil python3-tqdm python3-zstandard python3-yaml)

# Shells, other readers and writers of images for comparison, and tools that check scripts.
packages_test=("${packages_build[@]}" "${packages_use[@]}" "${packages_channel[@]}"
  bats fish zsh shellcheck shfmt man-db squashfs-tools squashfs-tools-ng squashfuse p7zip-full
  attr acl libcap2-bin strace procps tmux unzip zip fuse-zip bzip2 xz-utils zstd
  python3-ipykernel python3-jupyter-client slurmctld slurmd slurm-client munge
  docker-registry apache2-utils openssl curl
  environment-modules tcl lua5.3 lua-filesystem lua-json lua-posix lua-term podman crun systemd)

# Programs for comparison in benchmarks.
packages_bench=("${packages_channel[@]}" "${packages_use[@]}" squashfs-tools squashfuse fuse-zip fuse-overlayfs strace zip)

# Different names in other distributions: MANAGER:DEBIAN-NAME=NAME. An empty name means that the distribution has no such package.
packages_elsewhere=(
  dnf:zlib1g-dev=zlib-ng-compat-devel dnf:libzstd-dev=libzstd-static dnf:liblzma-dev=xz-static dnf:liblz4-dev=lz4-static
  dnf:libdeflate-dev=libdeflate-static dnf:libbz2-dev=bzip2-static
  zypper:zlib1g-dev=zlib-devel zypper:libzstd-dev=libzstd-devel-static zypper:liblzma-dev=xz-static-devel zypper:liblz4-dev=
  zypper:libdeflate-dev= zypper:libbz2-dev=
  pacman:zlib1g-dev=zlib pacman:libzstd-dev= pacman:liblzma-dev= pacman:liblz4-dev= pacman:libdeflate-dev= pacman:libbz2-dev=
)

# package_names MANAGER DEBIAN-NAME...: the packages' names there, one per line; fails if one of them does not exist.
package_names() {
  local manager=$1 package entry name
  shift
  for package in "$@"; do
    name=${package}
    for entry in "${packages_elsewhere[@]}"; do
      [[ ${entry} != "${manager}:${package}="* ]] || name=${entry#*=}
    done
    [[ -n ${name} ]] || return 1
    printf '%s\n' "${name}"
  done
}
