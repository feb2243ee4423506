#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
#
# run.sh PROGRAM CORPUS [SECONDS [LIBFUZZER-OPTION...]]: fuzzes for some
# seconds, beginning with a corpus and leaving it as it is. An input that fails
# is kept in the working directory, and named.
set -eu
program=$1 corpus=$2 seconds=${3:-5}
shift $(($# < 3 ? $# : 3))
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
"$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
  -print_final_stats=1 -verbosity=0 -dict="$(dirname "$0")/cmaf.dict" \
  -artifact_prefix="$PWD/$(basename "$program")-" "$@" "$found" "$corpus"
