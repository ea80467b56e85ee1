#!/usr/bin/env bats
# A portable build (install.sh --portable): its managed codecs, and what it refuses.

load helpers

setup() {
  fresh_home
  # Bats 1.8 cannot skip in setup_file.
  [[ -n "${CONDAFUSE_TEST_PORTABLE:-}" ]] || skip 'only with a portable build'
}

# A directory with something to compress.
content() {
  mkdir -p "${home}/content/lib"
  cp "${CONDAFUSE_BIN}" "${home}/content/lib/binary"
  seq 1 20000 >"${home}/content/numbers"
}

@test "the program needs the C library only" {
  run ldd "${CONDAFUSE_BIN}"
  [[ "${output}" != *lzma* && "${output}" != *zstd* && "${output}" != *bz2* && "${output}" != *lz4* && "${output}" != *deflate* ]]
}

@test "images of every codec except xz are written, read and verified" {
  local codec
  content
  for codec in zstd:6 zstd:19 gzip:9 lz4:1 lz4:9 none; do
    in_environment "${CONDAFUSE_BIN}" pack "${home}/content" -o "${home}/x.squashfs" --force --compressor "${codec}"
    in_environment "${CONDAFUSE_BIN}" verify "${home}/x.squashfs"
    rm -rf "${home}/copy"
    unsquashfs -no-progress -quiet -dest "${home}/copy" "${home}/x.squashfs"
    diff -r "${home}/content" "${home}/copy"
  done
}

@test "zip entries of deflate, bzip2 and zstd are read" {
  content
  cd "${home}/content"
  zip -qr "${home}/deflate.zip" .
  zip -qr -Z bzip2 "${home}/bzip2.zip" .
  local name
  for name in deflate bzip2; do
    in_environment "${CONDAFUSE_BIN}" extract "${home}/${name}.zip" "${home}/${name}"
    diff -r "${home}/content" "${home}/${name}"
  done
}

@test "xz is refused by name, and list and doctor name the archives that need it" {
  content
  mkdir -p "${archives}"
  mksquashfs "${home}/content" "${archives}/packed.squashfs" -comp xz -quiet -no-progress
  run in_environment "${CONDAFUSE_BIN}" list
  expect_status 0
  [[ "${output}" == *packed*xz* ]]
  run in_environment "${CONDAFUSE_BIN}" doctor
  [[ "${output}" == *packed*xz* && "${output}" != *'delete it'* ]]
  run in_environment "${CONDAFUSE_BIN}" mount packed
  expect_status 7
  [[ "${output}" == *xz* ]]
  run in_environment "${CONDAFUSE_BIN}" pack "${home}/content" -o "${home}/x.squashfs" --compressor xz
  expect_status 2
  run in_environment "${CONDAFUSE_BIN}" pack "${home}/content" -o "${home}/x.tar.xz"
  [[ "${status}" -ne 0 && "${output}" == *xz* ]]
}
