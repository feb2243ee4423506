#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Reads the #include lines of the tree: who may see whom.

gst/* -> cmafhttp -> cmafbase -> cmaf, and inside cmaf floor 3 -> 2 -> 1; never
up, never sideways between plugins. Only cmafhttp sees libsoup; only
track-caps.c and elements see GstCaps. Sizes of files and functions as in
CONTRIBUTING.md."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.')

# the floor of each room of the library; `thing-read` is on the floor of `thing`
FLOORS = {
    0: {'cmaf-prelude', 'cmaf-error'},
    1: {'json-depth', 'property-fields', 'box-types', 'box-writer', 'box-reader', 'bit-reader'},
    2: {'timescale', 'media-time', 'timecode', 'timing-lock', 'leap-table', 'rfc3339',
        'mpegts-time', 'adaptation-field', 'ebp', 'temi', 'audio-start', 'arrival-clock', 'track',
        'sample-entry', 'codec-string', 'aac-config', 'ac3-config', 'av1-config', 'avc-fields',
        'flac-config', 'mhas-config', 'vp9-config', 'media-profile', 'access-unit',
        'nal-units', 'parameter-sets', 'broken-link', 'in-band-sets',
        'cue', 'webvtt', 'ttml', 'text-pace', 'text-segmenter',
        'init-segment', 'fragment-writer', 'fragment-reader',
        'event-union', 'offset-claim', 'store-retry', 'merge-policy', 'merge-source', 'restamper', 'session-offset', 'source-watch', 'stamp-watch', 'sei-timecode', 'avc-sps',
        'chunk', 'event-message', 'event-reader', 'segment-grid', 'segment-marks', 'segmenter', 'sync-group', 'sync-record',
        'service-plan',
        'audio-aligner', 'frame-aligner', 'input-choice', 'slate-list', 'ts-packet', 'ts-section', 'ts-reader', 'splice-info',
        'anchor-watch', 'pts-anchor', 'pts-renewal', 'grid-moves', 'splice-plan', 'cue-list',
        'splice-list', 'event-segmenter', 'event-list', 'event-board', 'event-news', 'in-band-events',
        'unit-counter', 'unit-phase', 'unit-times', 'scatter', 'segment-history',
        'frame-counter', 'frame-fingerprint', 'fingerprint-match', 'fingerprint-table',
        'peer-watch',
        'track-merger'},
    3: {'grid-guess', 'manifest-publisher', 'publication', 'retention',
        'segment-assembler', 'timeline', 'presentation', 'mpd-reader', 'mpd-writer', 'm3u8-writer', 'mpd-events', 'm3u8-events',
        'mpd-timeline', 'mpd-times', 'mpd-xml',
        'smooth-writer', 'segment-name', 'object-store', 'directory-store', 'store-location',
        'memory-store', 'packager', 'packager-counts', 'packager-outbox', 'packager-track', 'time-text',
        'track-descriptors', 'cmaf'},
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
LIBRARIES = ['cmaf', 'cmafbase', 'cmafhttp']  # each sees those before it
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CAPS = re.compile(r'\b(GstCaps|gst_caps_\w+)\b')
LEFTOVER = re.compile(r'\b(' + 'TO' + 'DO|FIX' + 'ME|XX' + r'X)\b')
MAX_FILE, MAX_HEADER, MAX_FUNCTION = 900, 150, 80

problems = []


def problem(path, line, text):
    problems.append(f'{path.relative_to(ROOT)}:{line}: {text}')


def floor_of(room):
    """The floor of the room, or of the one it is a part of; None: unknown."""
    while room not in FLOOR_OF:
        room, dash, _ = room.rpartition('-')
        if not dash:
            return None
    return FLOOR_OF[room]


def check_floor(path, line, mine, theirs):
    for room in (mine, theirs):
        if floor_of(room) is None:
            problem(path, line, f'{room} has no floor: add it to {sys.argv[0]}')
            return
    if floor_of(theirs) > floor_of(mine):
        problem(path, line, f'{mine} (floor {floor_of(mine)}) includes '
                f'{theirs} (floor {floor_of(theirs)})')


def library_of(include):
    match = re.match(r'gst/(cmaf|cmafbase|cmafhttp)/', include)
    return match.group(1) if match else None


def check_library(path, line, include, quoted):
    name = path.parent.name
    target = library_of(include)
    if quoted and '/' not in include:
        target = name
    if target and LIBRARIES.index(target) > LIBRARIES.index(name):
        problem(path, line, f'{name} includes {target}, which is above it')
    if target == name == 'cmaf':
        check_floor(path, line, path.stem, pathlib.PurePath(include).stem)


def check_include(path, line, include, quoted):
    top = path.relative_to(ROOT).parts[0]
    if include.endswith('.c'):
        problem(path, line, f'includes a source file, {include}')
    if 'libsoup' in include and 'cmafhttp' not in path.parts \
            and top not in ('tests',):
        problem(path, line, 'only cmafhttp sees libsoup')
    if top == 'gst-libs':
        check_library(path, line, include, quoted)
    elif top == 'gst' and '..' in include:
        problem(path, line, f'{include} reaches into another plugin')
    elif top == 'tools' and library_of(include) not in (None, 'cmaf'):
        problem(path, line, f'a tool includes {include}')


def check_length(path, lines, limit):
    if len(lines) > limit:
        problem(path, len(lines), f'{len(lines)} lines, at most {limit}')


def check_sizes(path, lines):
    check_length(path, lines,
                 MAX_HEADER if path.suffix == '.h' else MAX_FILE)
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith('{'):
            start = number
        elif line.startswith('}') and start:
            if number - start > MAX_FUNCTION:
                problem(path, start, f'a function of {number - start} lines, '
                        f'at most {MAX_FUNCTION}')
            start = None


def check_file(path):
    lines = path.read_text(encoding='utf-8').splitlines()
    parts = path.relative_to(ROOT).parts
    in_library = parts[0] == 'gst-libs' and parts[2] != 'cmafbase'
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if match:
            check_include(path, number, match.group(2), match.group(1) == '"')
        if in_library and path.stem != 'track-caps' and CAPS.search(line):
            problem(path, number, 'only track-caps and elements see GstCaps')
        if LEFTOVER.search(line):
            problem(path, number, 'a left-over note')
    if 'SPDX-License-Identifier' not in lines[0]:
        problem(path, 1, 'no SPDX line')
    if parts[0] == 'tests':
        check_length(path, lines, MAX_FILE)
    else:
        check_sizes(path, lines)


def main():
    files = [path for top in ('gst-libs', 'gst', 'tools', 'tests')
             for path in sorted((ROOT / top).rglob('*.[ch]'))]
    for path in files:
        check_file(path)
    print(*problems, sep='\n')
    print(f'{len(files)} files, {len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
