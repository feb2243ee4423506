#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
#
# Lays out every C file as .clang-format says; --check only tells which would
# change.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1-}" in
  --check) how=(--dry-run -Werror) ;;
  '') how=(-i) ;;
  *) echo 'usage: scripts/format.sh [--check]' >&2; exit 2 ;;
esac
find gst gst-libs tools tests -name '*.[ch]' -print0 \
  | sort -z | xargs -0 clang-format "${how[@]}"
