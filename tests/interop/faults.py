#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""httpingestsink and httpingestsrc with a bad network between them.

Each run sends two minutes of video and audio, faster than real time, through a
proxy that cuts, stalls, answers and forgets at random. With faults that are
shorter than what the sender keeps, the bytes that come out are those that went
in. With longer ones exactly that is missing which both sides have told of.

    faults.py [--runs N] [--long-runs N] [--seed N] [--jobs N]

A failed run prints its seed; `--runs 1 --seed SEED` repeats it."""
import argparse
import concurrent.futures
import os
import random
import re
import sys
import threading
import time

import fault_proxy
import interop

SECONDS = 120
HELPERS = interop.BUILD_ROOT / 'tests/interop'

MODES = ['auto', 'auto', 'segment', 'chunked-segment']
NAMINGS = ['streams', 'streams', 'switching', 'segments', 'directory',
           'template']
# a long request has no answers: what a cut connection loses cannot be told
HARMLESS = ['stall', 'late', 'bytes']


def make_media():
    """Two tracks of two minutes, four chunks a segment; {name: path}."""
    folder = interop.BUILD_ROOT / 'test-content'
    tracks = {
        'video': f'videotestsrc num-buffers={SECONDS * 25} pattern=ball ! '
                 'video/x-raw,width=160,height=90,framerate=25/1 ! '
                 'x264enc speed-preset=ultrafast tune=zerolatency bitrate=100 '
                 'key-int-max=250 ! h264parse',
        'audio': f'audiotestsrc num-buffers={SECONDS * 48000 // 1024} '
                 'samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! '
                 'avenc_aac bitrate=64000 ! aacparse'}
    paths = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, description in tracks.items():
        paths[name] = folder / f'faults-{name}-{SECONDS}.cmf'
        if paths[name].exists():
            continue
        part = paths[name].with_suffix(f'.{os.getpid()}.part')
        done = interop.run(
            ['gst-launch-1.0', '-q', *description.split(), '!', 'cmafsyncmux',
             f'track-name={name}', 'timing-sources=fixed',
             'chunk-duration=480000000', '!', 'filesink',
             f'location={part}'], 300)
        if done.returncode:
            raise RuntimeError(done.stdout)
        part.rename(paths[name])
    return paths


# ---- what is in a file ----

def boxes(data):
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at:at + 4], 'big')
        yield data[at + 4:at + 8].decode('latin-1'), at, at + size
        at += size


def tfdt(moof):
    at = moof.index(b'tfdt')
    version = moof[at + 4]
    size = 8 if version else 4
    return int.from_bytes(moof[at + 8:at + 8 + size], 'big')


def parse(data):
    """(header, [(decode time, bytes of the chunk)])"""
    header, chunks, begin, time_of = b'', [], None, None
    for kind, at, end in boxes(data):
        if kind in ('ftyp', 'moov'):
            header += data[at:end]
            continue
        begin = at if begin is None else begin
        if kind == 'moof':
            time_of = tfdt(data[at:end])
        elif kind == 'mdat':
            chunks.append((time_of, data[begin:end]))
            begin = None
    return header, chunks


# ---- one run ----

class Run:
    """One sender, one receiver, one proxy."""

    def __init__(self, media, seed):
        self.media = media
        self.seed = seed
        self.rng = random.Random(seed)
        self.wrong = []
        self.log = []

    def expect(self, condition, text):
        if not condition:
            self.wrong.append(text)

    def settings(self):
        """Properties of the sender."""
        rng = self.rng
        mode = rng.choice(MODES)
        if rng.random() < 0.1:
            mode = 'long-running'
        settings = {'request-mode': mode, 'naming': rng.choice(NAMINGS),
                    'method': rng.choice(['POST', 'POST', 'PUT', 'auto']),
                    'timeout': 1_000_000_000,
                    'drain-timeout': 20_000_000_000,
                    'probe': str(rng.random() < 0.2).lower(),
                    'expect-continue': str(rng.random() < 0.2).lower()}
        if rng.random() < 0.2:
            settings['mpd-name'] = 'stream'
        return settings

    def plan(self, settings):
        """Faults that heal."""
        kinds = (HARMLESS if settings['request-mode'] == 'long-running'
                 else [kind for kind in fault_proxy.KINDS if kind != 'pass'])
        rate = self.rng.choice([0.02, 0.1, 0.3])
        plan = fault_proxy.random_plan(self.rng, kinds, rate)
        tries = {}

        def careful(request):
            """No object is refused so often that it would be given up, and
            nothing stalls for longer than the sender waits when no answer
            tells how far it got."""
            fault = plan(request)
            track = re.search(r'video|audio', request.line)
            track = track.group(0) if track else ''
            if fault.kind in ('early', 'answer') and fault.status == 412:
                tries[track] = tries.get(track, 0) + 1
                if tries[track] > 2:
                    fault.status = 503
            elif fault.kind == 'pass':
                tries[track] = 0
            if kinds is HARMLESS:
                fault.seconds = min(fault.seconds, 0.5)
            return fault
        return careful

    def receive(self, folder, idle=20):
        return interop.running(
            [HELPERS / 'record-tracks', '--directory', folder, '--tracks',
             len(self.media), '--set', f'idle-timeout={idle * 10**9}'],
            name='record')

    def send(self, port, settings, speed):
        command = [HELPERS / 'push-tracks', '--speed', speed, '--set',
                   f'location=http://127.0.0.1:{port}/ingest']
        for name, value in settings.items():
            command += ['--set', f'{name}={value}']
        command += [f'{name}={path}' for name, path in self.media.items()]
        return interop.running(command, name='push')

    def go(self, settings, speed, plan, disturb=None, idle=20):
        """Returns what sender and receiver said, and what was recorded."""
        with interop.scratch() as folder, \
                self.receive(folder, idle) as receiver:
            port = int(receiver.wait_for(r'^ingest .*:(\d+)/').group(1))
            with fault_proxy.Proxy(('127.0.0.1', port), plan) as proxy:
                with self.send(proxy.port, settings, speed) as sender:
                    if disturb:
                        disturb(proxy, sender)
                    sender.wait(150)
                    receiver.wait_for('^ended', 60)
                    receiver.interrupt()
                    status = receiver.wait(20)
                self.log = [f'{r.connection} {r.line} {r.size} {r.fault} '
                            f'-> {r.answered}' for r in proxy.requests]
            self.expect(status == 0, f'the receiver: {receiver.output()}')
            files = {path.name: path.read_bytes()
                     for path in folder.iterdir()}
        return sender, receiver, files

    def run(self):
        settings = self.settings()
        speed = self.rng.choice([0, 20, 40])
        # a source that is not live waits, with little in the spool or much
        settings['max-spool-bytes'] = self.rng.choice([50_000, 64 << 20])
        sender, receiver, files = self.go(settings, speed, self.plan(settings))
        self.expect(sender.popen.returncode == 0, 'sender: '
                    f'{sender.popen.returncode} {sender.output()}')
        self.expect(not re.search('^gap', receiver.output(), re.M),
                    receiver.output())
        self.expect(sorted(files) == sorted(f'{n}.cmf' for n in self.media),
                    f'recorded {sorted(files)}')
        for name, path in self.media.items():
            sent, got = path.read_bytes(), files.get(f'{name}.cmf', b'')
            self.expect(got == sent, f'{name}: {len(got)} bytes, not '
                        f'{len(sent)}{self.difference(sent, got)}')
        return settings

    def difference(self, sent, got):
        a, b = ([time for time, _ in parse(data)[1]] for data in (sent, got))
        return (f'; missing {sorted(set(a) - set(b))[:9]}, extra '
                f'{sorted(set(b) - set(a))[:9]}, twice '
                f'{sorted({t for t in b if b.count(t) > 1})[:9]}')


class LongRun(Run):
    """The receiver is away for longer than the sender keeps data, or refuses
    objects for good."""

    def outages(self):
        return [(self.rng.uniform(0.3, 3), self.rng.uniform(1.5, 3))
                for _ in range(self.rng.choice([1, 1, 2]))]

    def disturb(self, proxy, sender):
        for before, seconds in self.outages():
            if sender.popen.poll() is not None:
                return
            threading.Event().wait(before)
            proxy.leave()
            threading.Event().wait(seconds)
            proxy.listen()

    def plan(self, settings):
        rate = self.rng.choice([0, 0, 0.05])
        status = self.rng.choice([413, 415, 409])
        seen = {'video': False, 'audio': False}

        def refuse(request):
            track = re.search(r'video|audio', request.line)
            size = int(request.fields.get('content-length', '9999'))
            media = track and size != 0 and 'init' not in request.line.lower()
            # not the header, and never three in a row
            if media and seen[track.group(0)] and self.rng.random() < rate:
                seen[track.group(0)] = False
                return fault_proxy.Fault('answer', status=status)
            if media:
                seen[track.group(0)] = size > 2000
            return fault_proxy.Fault()
        return refuse

    def run(self):
        settings = self.settings()
        if settings['request-mode'] == 'long-running':
            settings['request-mode'] = 'auto'
        settings['spool-full'] = 'drop-oldest'
        settings['max-spool-time'] = 15 * 10**9
        # the end is an error when something was given up
        sender, receiver, files = self.go(
            settings, 20, self.plan(settings), self.disturb, idle=8)
        for name, path in self.media.items():
            self.compare(name, path.read_bytes(), files.get(f'{name}.cmf', b''),
                         sender.output(), receiver.output())
        dropped = len(re.findall('^dropped', sender.output(), re.M))
        self.expect((dropped == 0) == (sender.popen.returncode == 0),
                    f'{dropped} dropped, sender {sender.popen.returncode}: '
                    f'{sender.output()}')
        self.expect(sorted(files) == sorted(f'{n}.cmf' for n in self.media),
                    f'recorded {sorted(files)}')
        settings['dropped'] = dropped
        return settings

    def compare(self, name, sent, got, told, heard):
        """What is missing is what both told of."""
        header, chunks = parse(sent)
        got_header, got_chunks = parse(got)
        there = dict(got_chunks)
        self.expect(header == got_header, f'{name}: another header')
        self.expect(got_chunks == [c for c in chunks if c[0] in there],
                    f'{name}: not in order, twice, or changed'
                    f'{self.difference(sent, got)}')
        dropped = [(int(time), int(time) + int(duration)) for time, duration in
                   re.findall(rf'^dropped \S+ {name} (\d+) (\d+)', told, re.M)]
        scale = int(re.findall(rf'^dropped \S+ {name} \d+ \d+ (\d+)', told,
                               re.M)[0]) if dropped else 1
        gaps = [(int(at), int(at) + int(length)) for at, length in
                re.findall(rf'^gap {name} (\d+) (\d+)', heard, re.M)]
        missing = [time for time, _ in chunks if time not in there]
        if not missing:
            self.expect(not gaps, f'{name}: gaps {gaps} and nothing missing')
            return
        last = got_chunks[-1][0] if got_chunks else -1
        for time_of in missing:
            self.expect(any(a <= time_of < b for a, b in dropped),
                        f'{name}: {time_of} is missing, dropped {dropped}')
            ns = time_of * 10**9 // scale
            # behind the last chunk there is no gap, but an end
            self.expect(time_of > last
                        or any(a - 1 <= ns < b for a, b in gaps),
                        f'{name}: {time_of} is missing, gaps {gaps}')
        for time_of in there:
            ns = time_of * 10**9 // scale
            self.expect(not any(a + 1 < ns < b - 1 for a, b in gaps),
                        f'{name}: {time_of} is there, gaps {gaps}')


def one(kind, media, seed):
    run = kind(media, seed)
    begin = time.monotonic()
    try:
        settings = run.run()
    except Exception as error:  # pylint: disable=broad-except
        settings = {}
        run.wrong.append(f'{type(error).__name__}: {error}')
    return run, settings, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--runs', type=int,
                        default=int(os.environ.get('CMAF_FAULT_RUNS', 6)))
    parser.add_argument('--long-runs', type=int, default=None)
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('--jobs', type=int, default=2)
    args = parser.parse_args()
    if args.seed is None:
        args.seed = random.SystemRandom().randrange(1 << 30)
    if args.long_runs is None:
        args.long_runs = (args.runs + 2) // 3
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'x264enc', 'avenc_aac')
    failures = interop.Failures()
    media = make_media()
    print(f'seed {args.seed}', flush=True)
    jobs = [(kind, args.seed + i) for kind, n in
            ((Run, args.runs), (LongRun, args.long_runs)) for i in range(n)]
    n_faults = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        futures = [pool.submit(one, kind, media, seed) for kind, seed in jobs]
        for future in concurrent.futures.as_completed(futures):
            run, settings, seconds = future.result()
            faults = [line for line in run.log if ' pass ->' not in line]
            n_faults += len(faults)
            print(f'{type(run).__name__} {run.seed}: {len(run.log)} requests, '
                  f'{len(faults)} faults, {seconds:.0f} s, '
                  f'{" ".join(f"{k}={v}" for k, v in settings.items())}',
                  flush=True)
            if run.wrong:
                failures.add(f'{type(run).__name__} --seed {run.seed}: '
                             + '; '.join(run.wrong[:5]))
                print('\n'.join(run.log), flush=True)
    print(f'{args.runs} runs and {args.long_runs} long runs from seed '
          f'{args.seed}, {n_faults} faults', flush=True)
    failures.finish()


if __name__ == '__main__':
    sys.exit(main())
