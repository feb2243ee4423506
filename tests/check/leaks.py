#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Runs one gst-check program under GStreamer's leaks tracer: fails when the
program fails or an object is alive at the end."""
import os
import re
import subprocess
import sys
import tempfile

# the tracer also logs the format of its records, with the same first word
ALIVE = re.compile(r'object-alive, type-name=\(string\)([^%\s]+?),.*'
                   r'description=\(string\)(.*), ref-count')


def main(command):
    with tempfile.NamedTemporaryFile('r', suffix='.log', errors='replace') as log:
        env = dict(os.environ, GST_TRACERS='leaks', GST_DEBUG='GST_TRACER:7',
                   GST_DEBUG_FILE=log.name, GST_DEBUG_NO_COLOR='1', CK_FORK='no')
        status = subprocess.run(command, env=env, check=False).returncode
        alive = [match.groups() for match in map(ALIVE.search, log) if match]
    for kind, description in alive:
        print(f'object alive: {kind} {description}')
    return status or (1 if alive else 0)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
