#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Golden dumps of the corpus, and how cmaf-dump ends.

usage: cmaf-dump.py CMAF-DUMP CORPUS GOLDEN
CMAF_UPDATE_GOLDEN=1 rewrites the golden files; review the difference.
"""
import difflib
import os
import pathlib
import subprocess
import sys

DUMP = os.path.abspath(sys.argv[1])
CORPUS, GOLDEN = (pathlib.Path(path).resolve() for path in sys.argv[2:4])
failures = 0


def run(*args, stdin=b''):
    done = subprocess.run([DUMP, *map(str, args)], input=stdin,
                          capture_output=True, timeout=30)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check(name, condition, detail=''):
    global failures
    if not condition:
        failures += 1
        print(f'FAIL {name}\n{detail}')


def golden(name, text):
    path = GOLDEN / name
    if os.environ.get('CMAF_UPDATE_GOLDEN'):
        path.write_text(text)
    wanted = path.read_text() if path.exists() else ''
    difference = difflib.unified_diff(wanted.splitlines(), text.splitlines(),
                                      'golden', 'now', lineterm='')
    check(name, text == wanted, '\n'.join(difference))


def test_golden_dumps():
    files = sorted(CORPUS.glob('*.mp4'))
    check('corpus', len(files) > 5)
    for path in files:
        code, out, err = run(path)
        check(path.name, code == 0 and err == '', err)
        golden(path.stem + '.boxes', out)
        code, out, err = run('--segments', '--chunks', path)
        check(path.name, code == 0 and err == '', err)
        golden(path.stem + '.segments', out)


def test_output_that_cannot_be_written():
    with open('/dev/full', 'wb') as full:
        done = subprocess.run([DUMP, CORPUS / 'avc1.mp4'], stdout=full,
                              stderr=subprocess.PIPE, timeout=30, check=False)
    check('/dev/full', done.returncode != 0
          and b'standard output' in done.stderr, done.stderr)


def test_files_are_one_input():
    whole = (CORPUS / 'avc1.mp4').read_bytes()
    split = whole.index(b'styp') - 4
    for name, data in (('1.tmp', whole[:split]), ('2.tmp', whole[split:])):
        pathlib.Path(name).write_bytes(data)
    for options in ([], ['--segments']):
        one = run(*options, CORPUS / 'avc1.mp4')
        check('two files', run(*options, '1.tmp', '2.tmp') == one)
        check('standard input', run(*options, '1.tmp', '-', stdin=whole[split:]) == one)


def test_damage_is_one_line_after_what_is_good():
    whole = (CORPUS / 'ffmpeg-v.mp4').read_bytes()
    _, good, _ = run(CORPUS / 'ffmpeg-v.mp4')
    moof = whole.index(b'moof') - 4
    for n in (1, 7, 9, 20, moof - 1, moof + 1, moof + 50, len(whole) - 1):
        code, out, err = run('-', stdin=whole[:n])
        check(f'prefix {n}', code == 1 and err.count('\n') == 1, err)
        check(f'prefix {n}', good.startswith(out), out[-200:])
        code, out, err = run('--segments', '-', stdin=whole[:n])
        check(f'segments of prefix {n}', code == 1 and err.count('\n') == 1, err)
    code, out, err = run('--segments', '-', stdin=whole[moof:])
    check('no header', code == 1 and 'no CMAF header' in err, err)
    tfdt = whole.index(b'tfdt')
    short = whole[:tfdt + 4] + b'\x7f' + whole[tfdt + 5:]
    code, out, err = run('-', stdin=short[:tfdt - 4] + b'\x00\x00\x00\x0b' + short[tfdt:])
    check('short tfdt', code == 1 and 'moof/traf/tfdt' in err, err)


def test_numbers_come_from_the_grid():
    code, out, _ = run('--segment-duration', '8/100', CORPUS / 'ffmpeg-v.mp4')
    numbers = [line.split()[1] for line in out.splitlines()
               if line.startswith('segment')]
    # keyframes every 3 frames of 40 ms, cells of 80 ms
    check('numbers', code == 0 and numbers == ['0', '1'], out)


def test_options():
    code, out, err = run('--help')
    check('--help', code == 0 and '--segment-duration' in out, out)
    for args in ([], ['/nonexistent'], ['--segment-duration', '0/1', '-'],
                 ['--segment-duration', 'x', '-'], ['--what', '-']):
        code, out, err = run(*args)
        check(str(args), code == 1 and err.startswith('cmaf-dump: ')
              and err.count('\n') == 1, err)
    check('empty input', run('-') == (0, '', ''))


for name, test in list(globals().items()):
    if name.startswith('test_'):
        test()
sys.exit(1 if failures else 0)
