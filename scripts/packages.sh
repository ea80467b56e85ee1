# shellcheck shell=bash disable=SC2034
# Every Debian package that building, using, testing or measuring needs; read by install.sh, test.sh and bench/run.

# A linker driver for NativeAOT, and the static libraries that become part of the program.
packages_build=(clang zlib1g-dev libzstd-dev liblzma-dev liblz4-dev libdeflate-dev libbz2-dev)

# fusermount3, which mounts for an ordinary user.
packages_use=(fuse3)

# The local conda channel: see tests/conda/README.md.
packages_channel=(python3 python3-numpy python3-scipy python3-pandas python3-pip python3-setuptools python3-wheel
  python3-six python3-tz python3-dateutil python3-tqdm python3-zstandard)

# Shells, the readers and writers of images that ours are compared with, and what checks scripts.
packages_test=("${packages_build[@]}" "${packages_use[@]}" "${packages_channel[@]}"
  bats fish zsh shellcheck shfmt man-db squashfs-tools squashfs-tools-ng squashfuse p7zip-full
  attr acl libcap2-bin strace procps tmux unzip zip fuse-zip bzip2 xz-utils zstd)

# What the figures are compared with.
packages_bench=("${packages_channel[@]}" "${packages_use[@]}" squashfs-tools squashfuse fuse-zip fuse-overlayfs strace zip)
