#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
#
# Runs one test program with the registry that scan-plugins wrote. Slices are
# plain memory, so that the sanitizer sees who frees and who reuses them.
GST_REGISTRY_1_0=$CMAF_BUILD_ROOT/registry-sanitized.bin
GST_REGISTRY_UPDATE=no
GST_REGISTRY_FORK=no
CK_FORK=no
G_SLICE=always-malloc
export GST_REGISTRY_1_0 GST_REGISTRY_UPDATE GST_REGISTRY_FORK CK_FORK G_SLICE
# exists in a build for ThreadSanitizer
if [ -f "$CMAF_BUILD_ROOT/tests/check/libtsan-glib.so" ]; then
  LD_PRELOAD=$CMAF_BUILD_ROOT/tests/check/libtsan-glib.so exec "$@"
fi

# LeakSanitizer crashes when a thread ends while it looks for leaks. That is no
# result: it has to look again.
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
for _ in 1 2 3 4; do
  "$@" 2>"$errors"
  status=$?
  cat "$errors" >&2
  grep -q 'LeakSanitizer has encountered a fatal error' "$errors" || break
done
exit $status
