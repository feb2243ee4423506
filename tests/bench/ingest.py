#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""What httpingestsink -> httpingestsrc costs on the loopback.

ingest.py cost        20 tracks of 6 Mbit/s in chunks of 200 ms for 20 s: CPU of
                      both processes for each Gbit, over that of FFmpeg pushing
                      the same to nginx (`-f dash -method PUT -http_persistent
                      1`); at most 1. Both receivers write to memory
ingest.py throughput  one track as fast as it goes, over one connection without
                      TLS: 3 Gbit/s at least
ingest.py memory      1000 tracks that have sent a second at 100 kbit/s and are
                      silent: less than 64 KiB of the receiver for each
ingest.py tracks      1000 tracks of 100 kbit/s for 20 s: both processes
                      together take at most one core, and nothing is lost
"""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import muxing

PROGRAMS = muxing.BUILD_ROOT / 'tests' / 'interop'
SECONDS = 20
N_TRACKS = 20
MANY = 1000

NGINX = '''daemon off;
master_process off;
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {root}/body;
  keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{port};
    root {root}/objects;
    location / {{ dav_methods PUT DELETE; create_full_put_path on; }}
  }}
}}
'''


class Process:
    """A program whose lines are read, and which tells what it used."""

    def __init__(self, command, **more):
        self.process = subprocess.Popen([str(word) for word in command],
                                        stdin=subprocess.DEVNULL, text=True,
                                        stdout=subprocess.PIPE, **more)

    def wait_for(self, word):
        """The rest of the first line that begins with it."""
        for line in self.process.stdout:
            if line.startswith(word):
                return line[len(word):].strip()
        sys.exit(f'{self.process.args[:1]}: no line {word}')

    def memory(self):
        """KiB"""
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(status.partition('VmRSS:')[2].split()[0])

    def end(self, number=None):
        """What it used (muxing.Use), after a signal or by itself."""
        if number:
            self.process.send_signal(number)
        self.process.stdout.read()
        _, self.status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(self.status)
        return muxing.Use(usage.ru_utime, usage.ru_stime,
                          usage.ru_maxrss / 1024)


def make_file(name, *options):
    """A CMAF track of SECONDS in chunks of 200 ms."""
    path = muxing.CONTENT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_suffix('.part')
        muxing.measure(['ffmpeg', '-v', 'error', '-y', *options, '-an', '-f',
                        'mp4', '-movflags', 'cmaf+empty_moov+default_base_moof+skip_trailer',
                        '-frag_duration', '200000', part])
        part.rename(path)
    return path


def copy_of(minutes):
    return ['-stream_loop', minutes - 1, '-i', muxing.make_content(1), '-c',
            'copy']


def push(tracks, url, *options):
    return Process([PROGRAMS / 'push-tracks', '--set', f'location={url}',
                    '--set', 'drain-timeout=20000000000', *options,
                    *(f'{name}={path}' for name, path in tracks)])


@contextlib.contextmanager
def receiver(n_tracks, writes=True):
    """(Process, URL): writes the tracks to memory."""
    with tempfile.TemporaryDirectory(dir=muxing.memory_folder()) as folder:
        where = ['--directory', folder] if writes else []
        process = Process([PROGRAMS / 'record-tracks', *where, '--tracks',
                           n_tracks, '--set', 'max-tracks=2000', '--set',
                           'max-connections=4000'])
        yield process, process.wait_for('ingest ')


def gbit(tracks):
    return sum(path.stat().st_size for _, path in tracks) * 8e-9


def run_ours(path):
    tracks = [(f'v{i}', path) for i in range(N_TRACKS)]
    with receiver(N_TRACKS) as (sink, url):
        source = push(tracks, url, '--set', 'request-mode=chunked-segment')
        uses = [source.end()]
        sink.wait_for('ended')
        uses.append(sink.end(signal.SIGINT))
    return uses, gbit(tracks), source.process.returncode == 0


def run_ffmpeg(path, port):
    with tempfile.TemporaryDirectory(dir=muxing.memory_folder()) as root:
        for folder in ('body', 'objects'):
            pathlib.Path(root, folder).mkdir()
        conf = pathlib.Path(root, 'nginx.conf')
        conf.write_text(NGINX.format(root=root, port=port))
        nginx = Process(['nginx', '-p', root, '-c', conf])
        maps = ['-map', '0:v'] * N_TRACKS
        source = Process(
            ['ffmpeg', '-v', 'error', '-re', '-i', path, *maps, '-c', 'copy',
             '-f', 'dash', '-method', 'PUT', '-http_persistent', '1',
             '-seg_duration', '1.92', '-streaming', '1', '-frag_type',
             'duration', '-frag_duration', '0.2',
             f'http://127.0.0.1:{port}/live.mpd'])
        uses = [source.end(), nginx.end(signal.SIGTERM)]
        size = sum(each.stat().st_size
                   for each in pathlib.Path(root, 'objects').rglob('*'))
    return uses, size * 8e-9


def free_port():
    import socket
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def cost():
    path = make_file('6M-20.cmfv', *copy_of(1), '-t', SECONDS)
    ours, ours_gbit, ok = run_ours(path)
    theirs, theirs_gbit = run_ffmpeg(path, free_port())
    figures = []
    for what, uses, size in (('httpingestsink, httpingestsrc', ours, ours_gbit),
                             ('FFmpeg, nginx', theirs, theirs_gbit)):
        figures.append(sum(use.cpu for use in uses) / size)
        print(f'  {what}: {size:.2f} Gbit; {uses[0]}; {uses[1]}: '
              f'{figures[-1]:.2f} s CPU for each Gbit')
    ratio = figures[0] / figures[1]
    print(f'RATIO CPU for each Gbit, ours / FFmpeg to nginx: {ratio:.2f}, '
          'at most 1')
    return ok and ratio <= 1


def throughput():
    path = make_file('6M-600.cmfv', *copy_of(10))
    with receiver(1) as (sink, url):
        source = push([('v', path)], url, '--speed', '0')
        sink.wait_for('track ')
        start = time.monotonic()
        sink.wait_for('ended')
        seconds = time.monotonic() - start
        uses = source.end(), sink.end(signal.SIGINT)
    rate = gbit([('v', path)]) / seconds
    print(f'  {gbit([("v", path)]):.1f} Gbit in {seconds:.2f} s; '
          f'sender {uses[0]}; receiver {uses[1]}\n'
          f'RATIO throughput {rate:.2f} Gbit/s, over 3: {rate / 3:.2f}, '
          'at least 1')
    return rate >= 3


def small_file(seconds):
    return make_file(f'100k-{seconds}.cmfv', '-f', 'lavfi', '-i',
                     'testsrc2=s=160x90:r=25', '-t', seconds, '-c:v', 'libx264',
                     '-preset', 'ultrafast', '-b:v', '100k', '-maxrate', '100k',
                     '-bufsize', '100k', '-g', '50', '-keyint_min', '50')


def memory():
    """The sender is stopped before it says that this was the end: connections
    stay."""
    path = small_file(SECONDS)
    with receiver(MANY, writes=False) as (sink, url):
        before = sink.memory()
        source = push([(f'v{i}', path) for i in range(MANY)], url)
        for _ in range(MANY):
            sink.wait_for('track ')
        time.sleep(3)  # a segment of each
        source.process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        each = (sink.memory() - before) / MANY
        source.process.kill()
        source.end()
        sink.end(signal.SIGINT)
    print(f'  receiver: {before} KiB without a track\n'
          f'RATIO memory {each:.1f} KiB for each silent track, over 64: '
          f'{each / 64:.2f}, at most 1')
    return each <= 64


def tracks():
    path = small_file(SECONDS)
    with receiver(MANY, writes=False) as (sink, url):
        start = time.monotonic()
        source = push([(f'v{i}', path) for i in range(MANY)], url)
        uses = [source.end()]
        sink.wait_for('ended')
        seconds = time.monotonic() - start
        uses.append(sink.end(signal.SIGINT))
    share = sum(use.cpu for use in uses) / seconds
    print(f'  {MANY} tracks, {gbit([("", path)]) * MANY / SECONDS:.2f} Gbit/s, '
          f'{seconds:.1f} s: sender {uses[0]}; receiver {uses[1]}; '
          f'the sender ends with {source.process.returncode}\n'
          f'RATIO both processes take {share:.2f} cores, at most 1')
    return share <= 1 and source.process.returncode == 0


def main():
    for program in ('ffmpeg', 'nginx'):
        if not shutil.which(program):
            print(f'SKIP: no {program}')
            sys.exit(77)
    signal.alarm(280)  # a program that does not come to its end
    good = {'cost': cost, 'throughput': throughput, 'memory': memory,
            'tracks': tracks}[sys.argv[1]]()
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
