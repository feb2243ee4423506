#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""cmaf-compare finds each kind of difference, and no other.

usage: cmaf-compare.py CMAF-COMPARE MAKE-TRACK"""
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile

COMPARE, MAKE = map(os.path.abspath, sys.argv[1:3])
failures = 0

EQUAL_F = 'class F, the same samples at the same times'
EQUAL_G = 'class G, the same structure'

# name, made for A, made for B, options, exit status, lines of the report
CASES = [
    ('equal', '', '', '--frames', 0,
     ['track .: 5 segments in common, of 5 in A and 5 in B; 0 missing between',
      '  payload: 240 of 240 samples are the same bytes at the same time',
      f'1 tracks, 5 segments in common, 0 differences: {EQUAL_F}']),
    ('equal without payload', '', 'payload=102:7', '', 0,
     ['track .: 5 segments in common, of 5 in A and 5 in B; 0 missing between',
      f'1 tracks, 5 segments in common, 0 differences: {EQUAL_G}']),
    ('other payload', '', 'payload=102:7', '--frames', 0,
     ['  payload: 239 of 240 samples are the same bytes at the same time',
      'whether the pictures are the same only decoding tells']),
    ('later start, later end', 'n=5', 'first=102 n=5', '', 0,
     ['track .: 3 segments in common, of 5 in A and 5 in B; 0 missing between']),
    ('nothing in common', 'n=2', 'first=200', '', 2,
     ['1 tracks, 0 segments in common, 0 differences: nothing to compare']),
    ('width', '', 'width=642', '', 1,
     ['  header moov/trak/mdia/minf/stbl/stsd/avc1 width: 640 in A, 642 in B',
      'they cannot replace each other']),
    ('language', 'language=en-US', 'language=sv', '', 1,
     ['  header moov/trak/mdia/mdhd language: eng in A, swe in B',
      '  header moov/trak/mdia/elng: present, only in A']),
    ('codec', '', 'codec=mp4a', '', 1,
     ['  header moov/trak/mdia/hdlr handler_type: vide in A, soun in B',
      '  header moov/trak/mdia/minf/stbl/stsd/avc1: present, only in A',
      '  header moov/trak/mdia/minf/stbl/stsd/mp4a: present, only in B']),
    ('samples', '', 'samples=102:47', '', 1,
     ['  102 samples: 48 in A, 47 in B', '  102 duration: 172800 in A, 169200 in B']),
    ('tfdt', '', 'tfdt=102:7', '', 1,
     ['  102 tfdt: 17625600 in A, 17625607 in B',
      '1 tracks, 5 segments in common, 1 differences: they cannot']),
    ('duration of a sample', 'sample=103:10:9', '', '', 1,
     ['  103 duration of sample 10: 3609 in A, 3600 in B',
      '5 segments in common, 1 differences']),
    ('duration', '', 'longer=101:5', '', 1,
     ['  101 duration: 172800 in A, 172805 in B',
      '  101 duration of sample 47: 3600 in A, 3605 in B']),
    ('access point', '', 'nosync=103', '', 1, ['  103 SAP type: 1 in A, 0 in B']),
    ('end of service', 'last=104', '', '', 1,
     ['  104 end of service (lmsg): 1 in A, 0 in B']),
    ('reordered', '', 'reordered=101', '', 0,
     ['  note: frames are reordered otherwise in 1 segments', EQUAL_G]),
    ('chunks', '', 'chunks=101', '', 0,
     ['  note: 1 segments are cut into another number of chunks', EQUAL_G]),
    ('last segment ends early', 'samples=104:20', 'n=8', '', 0, [EQUAL_G]),
    ('another one does not', 'samples=103:20', 'n=8', '', 1,
     ['  103 samples: 20 in A, 48 in B']),
    ('missing', 'skip=102', '', '', 0, ['; 1 missing between', EQUAL_G]),
    ('missing, complete', 'skip=102', '', '--complete', 1, ['  102 is missing in A']),
    ('missing in B, complete', '', 'skip=102', '--complete', 1,
     ['  102 is missing in B']),
    ('twice', 'twice=102', '', '', 1, ['  102 is there more than once in A']),
    ('shifted', '', 'shift=2', '--frames', 1,
     ['  payload: 0 of 240 samples are the same bytes at the same time',
      '  payload: 238 samples of A are in B 7200 ticks later (of 90000 in a '
      'second)']),
    ('many', '', ' '.join(f'tfdt={k}:7' for k in range(100, 140)) + ' n=40', 'A=n=40', 1,
     ['  and 20 more']),
    ('all of many', '', ' '.join(f'tfdt={k}:7' for k in range(100, 140)) + ' n=40',
     'A=n=40 --max-lines 0', 1, ['  139 tfdt: ']),
    ('quiet', '', 'tfdt=102:7', '--quiet', 1, ['1 tracks, ']),
    ('a file and a directory', 'whole=1', '', '', 0, [EQUAL_G]),
    ('two files', 'whole=1', 'whole=1', '', 0, [EQUAL_G]),
    ('another grid', '', '', '--segment-duration 96/25', 0,
     ['track .: 3 segments in common']),
]

# name, made for A, what is said on the standard error output
TROUBLE = [
    ('no header', 'noheader=1', 'found 5 segments and no header, needs one'),
    ('cut short', 'cut=10', '104.m4s: input ends inside a box'),
    ('cut short, one file', 'whole=1 cut=10', 'track.cmfv: input ends inside a box'),
]


def check(name, condition, detail=''):
    global failures
    if not condition:
        failures += 1
        print(f'FAIL {name}\n{detail}')


def make(folder, words):
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([MAKE, folder, *words.split()], check=True)


def compare(*args):
    done = subprocess.run([COMPARE, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_each_kind_of_difference():
    for name, a, b, options, status, lines in CASES:
        words = options.split()
        if words and words[0].startswith('A='):
            a = words.pop(0)[2:]
        make('a', a)
        make('b', b)
        code, out, err = compare(*words, 'a', 'b')
        check(name, code == status and err == '', f'{code}\n{out}{err}')
        for line in lines:
            check(name, line in out, f'no "{line}" in\n{out}')
        if name == 'quiet':
            check(name, out.count('\n') == 1, out)
        if code == 0:
            check(name, compare(*words, 'b', 'a')[0] == 0, 'not the other way')


def test_trouble_is_one_line():
    for name, made, message in TROUBLE:
        make('a', made)
        make('b', '')
        for pair in (('a', 'b'), ('b', 'a')):
            code, out, err = compare(*pair)
            check(name, code == 2 and out == '' and err.count('\n') == 1
                  and err.startswith('cmaf-compare: ') and message in err, err)
    os.mkdir('empty')
    for args in (['a', '/nonexistent'], ['empty', 'b'], ['b'], [], ['b', 'b', 'b'],
                 ['--what', 'b', 'b'], ['-d', '0', 'b', 'b'], ['-m', '-1', 'b', 'b']):
        code, out, err = compare(*args)
        check(str(args), code == 2 and err.count('\n') == 1, err)


def test_several_tracks():
    for side in ('a', 'b'):
        shutil.rmtree(side, ignore_errors=True)
        make(f'{side}/video/hi', '')
        make(f'{side}/video/lo', 'width=320')
        make(f'{side}/audio', 'codec=mp4a')
    pathlib.Path('a/stream.mpd').write_text('none of ours')
    code, out, err = compare('a', 'b')
    check('three', code == 0 and '3 tracks, 15 segments in common' in out, out + err)
    for name in ('audio', 'video/hi', 'video/lo'):
        check(name, f'track {name}: 5 segments' in out, out)
    make('b/video/lo', 'width=322')
    make('b/video/mid', '')
    shutil.rmtree('b/audio')
    code, out, err = compare('a', 'b')
    check('one is other', code == 1 and '  header moov/trak/mdia' in out, out)
    check('only A', 'track audio: only in A\n' in out, out)
    check('only B', 'track video/mid: only in B\n' in out, out)


def read_terminal(ours):
    """All that was written, once nobody has the other side any more."""
    shown = b''
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # EIO is the end
        pass
    os.close(ours)
    return shown.decode()


def test_a_terminal_is_told_of_progress():
    """One line, that is gone at the end; nobody else gets it."""
    make('a', '')
    make('b', '')
    ours, theirs = pty.openpty()
    done = subprocess.run([COMPARE, 'a', 'b'], stdout=subprocess.PIPE,
                          stderr=theirs, check=False)
    os.close(theirs)
    shown = read_terminal(ours)
    check('progress', done.returncode == 0 and b'read' not in done.stdout
          and re.fullmatch(r'(\r\x1b\[Kread \d+: \S+)+\r\x1b\[K', shown), repr(shown))
    _, _, err = compare('a', 'b')
    check('no terminal', err == '', err)


def test_the_options_are_told():
    code, out, _ = compare('--help')
    check('--help', code == 0 and 'Exit status' in out and '--frames' in out, out)
    code, out, _ = compare('--version')
    check('--version', code == 0 and out[0].isdigit(), out)


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    for function in [f for n, f in sorted(globals().items()) if n.startswith('test_')]:
        function()
    os.chdir('/')
print(f'{len(CASES) + len(TROUBLE)} cases, {failures} failures')
sys.exit(1 if failures else 0)
