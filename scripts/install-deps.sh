#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
#
# Installs on Debian 12 (and relatives) what is missing to build gst-cmaf and
# to run its demo; with --test also what the tests need, --npm DIR the players.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/install-deps.sh [--test] [--npm DIR] [--list]
  --test      also what scripts/test.sh needs
  --npm DIR   also the JavaScript players, into DIR/node_modules
  --list      print the names of the packages and install nothing
TEXT
}

packages=(
  # building
  gcc libc6-dev meson ninja-build pkg-config
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  libsoup-3.0-dev libxml2-dev libjson-glib-dev libglib2.0-dev
  # running: encoders, parsers, capture, burnt-in text, TLS
  gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
  gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav
  gstreamer1.0-x fonts-dejavu-core glib-networking python3 curl
)
test_packages=(
  clang clang-format libclang-rt-14-dev libxml2-utils
  ffmpeg nginx-light chromium iproute2 openssl ca-certificates git
  gobject-introspection libgirepository1.0-dev
)

with_tests=no
npm_dir=
list=no
while [ $# -gt 0 ]; do
  case "$1" in
    --test) with_tests=yes ;;
    --npm) npm_dir=${2:?--npm needs a directory}; shift ;;
    --list) list=yes ;;
    -h|--help) usage; exit 0 ;;
    *) echo "install-deps.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

if [ "$with_tests" = yes ]; then
  packages+=("${test_packages[@]}")
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
fi
if [ "$list" = yes ]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

missing=()
for name in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)
  case "$state" in installed*) ;; *) missing+=("$name") ;; esac
done

if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || {
    echo "install-deps.sh: no apt-get here; install by hand:" \
      "${missing[*]}" >&2
    exit 1
  }
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "install-deps.sh: not root and no sudo; run as root:" \
        "apt-get install ${missing[*]}" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  echo "installing: ${missing[*]}"
  apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
      -o Dpkg::Use-Pty=0 "$@" </dev/null
  }
  apt_get update
  apt_get install --no-install-recommends "${missing[@]}"
else
  echo "all ${#packages[@]} packages are installed"
fi

# The exact versions of tests/interop/package-lock.json, never into the source
# tree; again only when that file changes.
if [ -n "$npm_dir" ]; then
  here=$(cd "$(dirname "$0")/../tests/interop" && pwd)
  if cmp -s "$here/package-lock.json" "$npm_dir/installed.json"; then
    echo "players are installed in $npm_dir"
    exit 0
  fi
  mkdir -p "$npm_dir"
  cp "$here/package.json" "$here/package-lock.json" "$npm_dir/"
  (cd "$npm_dir" && npm ci --ignore-scripts --no-audit --no-fund \
    --loglevel=error)
  cp "$here/package-lock.json" "$npm_dir/installed.json"
fi
