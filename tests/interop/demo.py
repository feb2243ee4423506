#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""scripts/demo.sh as a new user runs it, with encoder A killed on the way:
nothing may be lost, and no process may stay."""
import os
import pathlib
import re
import signal
import time
import urllib.request

import interop
import presentation

SECONDS = 24


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
               '--seconds', SECONDS, '--directory', media,
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


def main():
    failures = interop.Failures()
    interop.need_elements('x264enc', 'avenc_aac', 'cmafsyncmux',
                          'httpingestsrc', 'cmaforiginsink', 'cmafdashsink')
    marker = f'demo-of-{os.getpid()}'
    with interop.scratch() as media:
        run_demo(failures, media, marker)
        print(presentation.check_mpd(failures, media))
        print(presentation.check_hls(failures, media))
    check_interrupt(failures, marker)
    left = children_of(f'CMAF_DEMO_MARKER={marker}')
    failures.expect(not left, f'processes are left: {left}')
    failures.finish()


if __name__ == '__main__':
    main()
