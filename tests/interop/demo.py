#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""scripts/demo.sh as a new user runs it, with encoder A killed on the way and
the clock of B wrong: nothing may be lost, and no process may stay. Then with a
file, with a URL, and with what cannot work: each says what to do."""
import os
import pathlib
import re
import signal
import socket
import time
import urllib.request

import interop
import presentation
import vod

SECONDS = 18


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def children_of(session_marker):
    """Processes whose environment has the marker of this run."""
    found = []
    for path in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            if session_marker.encode() in (path / 'environ').read_bytes():
                found.append((path / 'cmdline').read_bytes().decode())
        except OSError:
            continue
    return found


def check_manifests(failures, page):
    mpd = fetch(f'{page}live/live/stream.mpd')
    failures.expect('<MPD' in mpd, 'no MPD')
    master = fetch(f'{page}live/live/master.m3u8')
    playlist = re.search(r'^([^#\s].*)$', master, re.M)
    if failures.expect(playlist, f'no playlist in {master}'):
        name = playlist.group(1)
        media = fetch(f'{page}live/live/{name}')
        segment = re.findall(r'^([^#\s].*)$', media, re.M)
        if failures.expect(segment, f'no segment in {media}'):
            url = f'{page}live/live/{name}'.rsplit('/', 1)[0]
            with urllib.request.urlopen(f'{url}/{segment[-1]}', timeout=10) as m:
                failures.expect(len(m.read()) > 1000, 'a small segment')


def run_demo(failures, media, marker):
    command = [interop.SOURCE_ROOT / 'scripts/demo.sh', '--no-install',
               '--seconds', SECONDS, '--directory', media, '--skew-ms', '250',
               '--build-dir', interop.BUILD_ROOT]
    env = dict(os.environ, CMAF_DEMO_MARKER=marker)
    with interop.running(command, env=env, cwd=interop.SOURCE_ROOT) as demo:
        page = demo.wait_for(r'^page +(\S+)', 120).group(1)
        pid = int(demo.wait_for(r'^encoder A pid (\d+)').group(1))
        demo.wait_for(r'^encoder B pid (\d+)')
        time.sleep(SECONDS / 3)  # the demo runs on; A has sent some segments
        check_manifests(failures, page)
        os.kill(pid, signal.SIGKILL)
        demo.wait_for('encoder A was killed', 10)
        status = demo.wait(SECONDS + 60)
        print(demo.output())
        failures.expect(status == 0, f'demo.sh: exit status {status}')
        failures.expect(re.search(r'\b0 gaps', demo.output()), 'gaps')
        used = {name: int(n) for name, n in re.findall(
            r'^encoder (\w) +(\d+) segments used', demo.output(), re.M)}
        failures.expect(used.get('B', 0) > used.get('A', 0) >= 0,
                        f'segments used: {used}')
    print(presentation.check_mpd(failures, media))
    print(presentation.check_hls(failures, media))


def check_interrupt(failures, marker):
    """Ctrl-C: the summary, and nothing left."""
    command = [interop.SOURCE_ROOT / 'scripts/demo.sh', '--no-install',
               '--build-dir', interop.BUILD_ROOT]
    env = dict(os.environ, CMAF_DEMO_MARKER=marker)
    with interop.running(command, env=env, cwd=interop.SOURCE_ROOT) as demo:
        demo.wait_for('Ctrl-C', 120)
        demo.interrupt()
        status = demo.wait(60)
        failures.expect(status == 0, f'after Ctrl-C: exit status {status}:\n'
                        f'{demo.output()}')


def find_encoder(letter, marker, seconds=60):
    """The process of an encoder that the demo has not told of yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for path in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                if (f'encoder-name={letter}\0'.encode()
                        in (path / 'cmdline').read_bytes()
                        and marker.encode() in (path / 'environ').read_bytes()):
                    return int(path.name)
            except OSError:
                continue
        time.sleep(0.05)
    raise RuntimeError(f'no encoder {letter} within {seconds} s')


def check_killed(failures, marker):
    """A is killed before anything is published, B later: the demo says so in
    its own words, not in those of bash."""
    command = [interop.SOURCE_ROOT / 'scripts/demo.sh', '--no-install',
               '--seconds', SECONDS, '--build-dir', interop.BUILD_ROOT]
    env = dict(os.environ, CMAF_DEMO_MARKER=marker)
    with interop.running(command, env=env, cwd=interop.SOURCE_ROOT) as demo:
        os.kill(find_encoder('A', marker), signal.SIGKILL)
        demo.wait_for('encoder A was killed', 60)
        os.kill(find_encoder('B', marker), signal.SIGKILL)
        status = demo.wait(60)
        text = demo.output()
        failures.expect(status == 1, f'both killed: exit status {status}')
        failures.expect('PROBLEM: no encoder is left' in text
                        and 'Killed' not in text
                        and not re.search(r'^1 problems', text, re.M),
                        f'both killed:\n{text}')


def check_input(failures, what, marker):
    """Pictures and sound from somewhere else."""
    command = [interop.SOURCE_ROOT / 'scripts/demo.sh', '--no-install',
               '--seconds', '8', '--build-dir', interop.BUILD_ROOT,
               '--input', what]
    done = interop.run(command, 120, cwd=interop.SOURCE_ROOT,
                       env=dict(os.environ, CMAF_DEMO_MARKER=marker))
    failures.expect(done.returncode == 0 and ' 0 gaps' in done.stdout,
                    f'--input {what}: {done.stdout}')


def check_advice(failures, marker):
    """What cannot work ends with a reason and with what to do."""
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        cases = [
            (['--input', '/no/such/file'], 2, 'cannot read /no/such/file'),
            (['--seconds', 'x'], 2, 'need a whole number'),
            (['--skew-ms', '100000'], 2, 'take 60000 at most'),
            (['--bogus'], 2, 'usage: '),
            (['--directory', '/dev/null/x'], 1, 'see --directory'),
            (['--port', port], 1, 'choose another --port'),
        ]
        for arguments, status, words in cases:
            done = interop.run(
                [interop.SOURCE_ROOT / 'scripts/demo.sh', '--no-install',
                 '--build-dir', interop.BUILD_ROOT, *arguments], 120,
                cwd=interop.SOURCE_ROOT,
                env=dict(os.environ, CMAF_DEMO_MARKER=marker))
            failures.expect(
                done.returncode == status and words in done.stdout,
                f'{arguments}: {done.returncode}: {done.stdout}')


def main():
    failures = interop.Failures()
    interop.need_elements('x264enc', 'avenc_aac', 'cmafsyncmux',
                          'httpingestsrc', 'cmaforiginsink', 'cmafdashsink')
    marker = f'demo-of-{os.getpid()}'
    source = interop.flash_and_beep(40)
    with interop.scratch() as media, interop.scratch() as folder:
        stream = folder / 'flash.ts'
        done = interop.run(['ffmpeg', '-v', 'error', '-i', source, '-c', 'copy',
                            stream])
        failures.expect(done.returncode == 0, done.stdout)
        check_advice(failures, marker)
        interop.at_once(
            failures,
            (run_demo, media, marker),
            (check_interrupt, marker),
            (check_killed, f'{marker}-killed'),
            (check_input, source, marker),
            (check_input, f'{vod.serve(folder)}/{stream.name}', marker))
    left = children_of(f'CMAF_DEMO_MARKER={marker}')
    failures.expect(not left, f'processes are left: {left}')
    failures.finish()


if __name__ == '__main__':
    main()
