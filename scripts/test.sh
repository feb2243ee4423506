#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
#
# Installs what the tests need, builds in three ways and runs everything.
# The last line is `N passed, N failed`; the exit status says the same.
set -uo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."

all_parts=(format gcc clang thread peers)
install=yes
build_root=build-test
parts=()

usage() {
  cat <<'TEXT'
usage: scripts/test.sh [--no-install] [--build-root DIR] [PART...]
Parts, all by default:
  format   the layout of the C files
  gcc      gcc, every warning an error; the unit and structure tests, and the
           element tests under the leaks tracer
  clang    clang, every warning an error; the same tests and the fuzz targets
           under AddressSanitizer and UndefinedBehaviorSanitizer
  thread   the tests of HTTP and of elements under ThreadSanitizer
  peers    real senders, servers and players, and the demo
TEXT
}

while [ $# -gt 0 ]; do
  case "$1" in
    --no-install) install=no ;;
    --build-root) build_root=${2:?--build-root needs a directory}; shift ;;
    -h|--help) usage; exit 0 ;;
    -*) echo "test.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
    *)
      case " ${all_parts[*]} " in
        *" $1 "*) parts+=("$1") ;;
        *) echo "test.sh: no part is called '$1'" >&2; usage >&2; exit 2 ;;
      esac ;;
  esac
  shift
done
[ ${#parts[@]} -gt 0 ] || parts=("${all_parts[@]}")

mkdir -p "$build_root"
build_root=$(cd "$build_root" && pwd)
passed=0
failed=0
skipped=0
# tests of elements wait more than they compute
export MESON_TESTTHREADS=$(($(nproc) + 2))

# count NAME STATUS: one result that is not one of meson's
count() {
  if [ "$2" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $1"
  fi
}

# build NAME ARGUMENT...: sets the build directory up and builds it
build() {
  local dir=$build_root/$1
  shift
  if [ ! -f "$dir/build.ninja" ]; then
    meson setup "$dir" -Dwarning_level=2 -Dwerror=true -Dbuildtype=debug "$@" \
      >"$dir.log" 2>&1 || { cat "$dir.log"; return 1; }
  fi
  ninja -C "$dir" >"$dir.log" 2>&1 || {
    grep -E -A8 'error|warning|FAILED' "$dir.log" | head -80
    return 1
  }
}

# tests NAME LOG ARGUMENT...: runs tests of a build directory and adds up what
# meson's log of results says. A few that fail are shown and run once more by
# themselves: real players stall when the machine is busy elsewhere.
tests() {
  local dir=$build_root/$1 log=$1-$2 sums first again setup=()
  shift 2
  [ "${1:-}" != --setup ] || setup=("$1" "$2")
  rm -f "$dir/meson-logs/$log"*.json
  meson test -C "$dir" --no-rebuild --logbase "$log" --print-errorlogs "$@" \
    >"$dir/meson-logs/$log.out" 2>&1
  local status=$?
  sums=$(python3 tests/sum-results.py "$dir"/meson-logs/"$log"*.json) \
    || sums='0 0 0'
  read -r p f s < <(tail -n 1 <<<"$sums")
  sed '$d' <<<"$sums"
  mapfile -t again < <(sed -n 's,^FAILED: .* / \(.*\) (.*,\1,p' <<<"$sums")
  if [ ${#again[@]} -gt 0 ] && [ ${#again[@]} -le 3 ]; then
    tail -n 100 "$dir/meson-logs/$log.out"
    echo "  once more: ${again[*]}"
    first=$p
    meson test -C "$dir" --no-rebuild --logbase "$log-again" --print-errorlogs \
      "${setup[@]}" "${again[@]}" >"$dir/meson-logs/$log.out" 2>&1
    status=$?
    sums=$(python3 tests/sum-results.py "$dir"/meson-logs/"$log"-again*.json) \
      || sums='0 0 0'
    read -r p f _ < <(tail -n 1 <<<"$sums")
    p=$((p + first))
    sed '$d' <<<"$sums"
  fi
  # a run that failed before its first test, or has none
  if [ "$f" -eq 0 ] && { [ $status -ne 0 ] || [ "$p" -eq 0 ]; }; then
    f=1
    echo "FAILED: meson test $*: $p tests passed, status $status"
  fi
  [ "$f" -eq 0 ] || tail -n 200 "$dir/meson-logs/$log.out"
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
  echo "  $log: $p passed, $f failed, $s skipped"
}

part_format() {
  scripts/format.sh --check
  count 'scripts/format.sh --check' $?
}

build_gcc() {
  CC=gcc build gcc -Dintrospection=enabled
}

part_gcc() {
  build_gcc
  local status=$?
  count 'gcc builds without a warning' $status
  [ $status -eq 0 ] || return
  tests gcc units --no-suite peers --no-suite elements
  tests gcc elements --setup leaks --suite elements
}

# names NAME PATTERN: the tests of a build directory whose names match
names() {
  meson test -C "$build_root/$1" --list --suite libs --suite elements \
    2>/dev/null | sed 's/.* //' | grep -E "$2" || echo none
}

# sanitized NAME ARGUMENT...: tests of a build directory that was built with a
# sanitizer
sanitized() {
  local registry=$build_root/$1/registry-sanitized.bin
  export ASAN_OPTIONS=detect_stack_use_after_return=1:fast_unwind_on_malloc=0
  export LSAN_OPTIONS=suppressions=$PWD/tests/check/lsan.supp:print_suppressions=0
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  export TSAN_OPTIONS=suppressions=$PWD/tests/check/tsan.supp
  rm -f "$registry"
  ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=report_bugs=0 \
    GST_PLUGIN_PATH_1_0=$build_root/$1/gst GST_REGISTRY_1_0=$registry \
    GST_REGISTRY_FORK=no "$build_root/$1/tests/check/scan-plugins" \
    >"$build_root/$1/scan-plugins.log" 2>&1
  count "$1: all plugins load" $?
  tests "$1" "$1" --setup sanitized "${@:2}"
  unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
}

part_clang() {
  CC=clang build clang -Doptimization=1 -Db_lundef=false -Dfuzz=enabled \
    -Db_sanitize=address,undefined -Dc_args=-fno-sanitize=alignment
  local status=$?
  count 'clang builds without a warning' $status
  [ $status -eq 0 ] || return
  sanitized clang --suite libs --suite elements --suite fuzz
}

part_thread() {
  CC=clang build thread -Doptimization=1 -Db_lundef=false \
    -Db_sanitize=thread
  local status=$?
  count 'clang builds for ThreadSanitizer' $status
  [ $status -eq 0 ] || return
  # shellcheck disable=SC2046 # names of tests have no spaces
  sanitized thread $(names thread '^(libs|elements)-')
}

part_peers() {
  build_gcc || { count 'gcc builds, for peers' 1; return; }
  tests gcc peers --suite peers
}

if [ "$install" = yes ]; then
  scripts/install-deps.sh --test --npm "$build_root/npm"
  count 'scripts/install-deps.sh --test' $?
fi

began=$SECONDS
for part in "${parts[@]}"; do
  at=$SECONDS
  echo "== $part"
  "part_$part"
  echo "   $((SECONDS - at)) s"
done

echo "$skipped skipped, $((SECONDS - began)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
