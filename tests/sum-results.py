#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Adds up meson's testlog.json files: names what failed or was skipped, then
prints `passed failed skipped` as the last line."""
import json
import sys

PASSED = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}


def reason(entry):
    """The first line of a skipped test that says why."""
    lines = (entry.get('stdout') or '').splitlines()
    return next((line for line in lines if 'SKIP' in line), '')


def main(paths):
    passed = failed = skipped = 0
    for path in paths:
        with open(path, encoding='utf-8') as log:
            for line in log:
                entry = json.loads(line)
                result = entry['result']
                if result in PASSED:
                    passed += 1
                elif result in SKIPPED:
                    skipped += 1
                    print(f"  skipped: {entry['name']} {reason(entry)}")
                else:
                    failed += 1
                    print(f"FAILED: {entry['name']} ({result})")
    print(passed, failed, skipped)


if __name__ == '__main__':
    main(sys.argv[1:])
