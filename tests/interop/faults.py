#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""httpingestsink and httpingestsrc with a bad network between them.

Each run sends two minutes of video and audio, faster than real time, through a
proxy that cuts, stalls, answers and forgets at random, in every request mode,
with TLS and without. With faults that are shorter than what the sender keeps,
the bytes that come out are those that went in. With longer ones exactly that is
missing which both sides have told of.

    faults.py [--runs N] [--long-runs N] [--seed N] [--jobs N]

Without arguments: a few runs that are always the same, and one of each kind
that is new each time. A failed run prints its seed; `--runs 1 --seed SEED`
repeats it, `--runs 0 --long-runs 1 --seed SEED` if it was a long one."""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import re
import sys
import threading
import time

import fault_proxy
import interop

SECONDS = 120
HELPERS = interop.BUILD_ROOT / 'tests/interop'

MODES = ['auto', 'segment', 'chunked-segment', 'long-running']
NAMINGS = ['streams', 'streams', 'switching', 'segments', 'directory',
           'template']
FIXED = 20034, 20036, 20022 # seeds: one long request, segments, chunks
FIXED_LONG = 1
KINDS = [kind for kind in fault_proxy.KINDS if kind != 'pass']
# the one takes all of a track, and says only then that it has not, the other
# much of it: that heals if as much is kept
HARMLESS_WHEN_LONG = [kind for kind in KINDS if kind != 'answer']
HARMLESS_WHEN_SMALL = [kind for kind in HARMLESS_WHEN_LONG if kind != 'take']
LARGE, SMALL = 64 << 20, 50_000


def make_media(kbits):
    """Two tracks of two minutes, four chunks a segment; {name: path}."""
    folder = interop.BUILD_ROOT / 'test-content'
    tracks = {
        'video': f'videotestsrc num-buffers={SECONDS * 25} pattern=ball ! '
                 'video/x-raw,width=160,height=90,framerate=25/1 ! '
                 f'x264enc speed-preset=ultrafast tune=zerolatency '
                 f'bitrate={kbits} key-int-max=250 ! h264parse',
        'audio': f'audiotestsrc num-buffers={SECONDS * 48000 // 1024} '
                 'samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! '
                 'avenc_aac bitrate=64000 ! aacparse'}
    if kbits > 500: # what is hard to encode
        tracks['video'] = tracks['video'].replace('pattern=ball',
                                                  'pattern=snow')
    paths = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, description in tracks.items():
        paths[name] = folder / f'faults-{name}-{kbits}-{SECONDS}.cmf'
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


def make_certificate(addresses=('127.0.0.1',), path=None):
    """One file for both ends: it signs itself, and is its own authority."""
    path = path or interop.BUILD_ROOT / 'test-content' / 'faults.pem'
    if path.exists():
        return path
    part = path.with_suffix(f'.{os.getpid()}.part')
    names = ','.join(f'IP:{address}' for address in addresses)
    done = interop.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
         'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650', '-subj',
         f'/CN={addresses[0]}', '-addext', f'subjectAltName={names}',
         '-keyout', part, '-out', f'{part}.crt'])
    if done.returncode:
        raise RuntimeError(done.stdout)
    with part.open('a', encoding='ascii') as file:
        file.write(pathlib.Path(f'{part}.crt').read_text(encoding='ascii'))
    pathlib.Path(f'{part}.crt').unlink()
    part.rename(path)
    return path


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

    def __init__(self, seed):
        self.seed = seed
        self.rng = random.Random(seed)
        self.media = make_media(self.rng.choice([100, 100, 1500]))
        self.pem = make_certificate() if self.rng.random() < 0.4 else None
        self.wrong = []
        self.log = []

    def expect(self, condition, text):
        if not condition:
            self.wrong.append(text)

    def settings(self):
        """Properties of the sender."""
        rng = self.rng
        settings = {'request-mode': rng.choice(MODES),
                    'naming': rng.choice(NAMINGS),
                    'method': rng.choice(['POST', 'POST', 'PUT', 'auto']),
                    'timeout': 1_000_000_000,
                    'drain-timeout': 20_000_000_000,
                    'probe': str(rng.random() < 0.2).lower(),
                    'expect-continue': str(rng.random() < 0.2).lower()}
        if rng.random() < 0.2:
            settings['mpd-name'] = 'stream'
        if self.pem:
            settings['tls-ca-file'] = self.pem
        return settings

    def plan(self, settings):
        """Faults that heal."""
        rng, is_long = self.rng, settings['request-mode'] == 'long-running'
        kinds = KINDS
        if is_long:
            is_small = settings['max-spool-bytes'] == SMALL
            kinds = HARMLESS_WHEN_SMALL if is_small else HARMLESS_WHEN_LONG
        rate = rng.choice([0.3, 0.6, 0.9] if is_long else [0.02, 0.1, 0.3])
        size = max(path.stat().st_size for path in self.media.values())
        reach = size if is_long else size * 2 // SECONDS
        plan = fault_proxy.random_plan(rng, kinds, rate, reach)
        tries = {}

        def careful(request):
            """No object is refused so often that it would be given up."""
            fault = plan(request)
            track = re.search(r'video|audio', request.line)
            track = track.group(0) if track else ''
            if fault.kind in ('early', 'answer', 'take') \
                    and fault.status == 412:
                tries[track] = tries.get(track, 0) + 1
                if tries[track] > 2:
                    fault.status = 503
            elif fault.kind == 'pass':
                tries[track] = 0
            return fault
        return careful

    def greet(self):
        return fault_proxy.random_greet(self.rng, self.rng.choice([0, 0.1, 0.3]))

    def receive(self, folder, idle=20):
        tls = ['--set', f'tls-certificate-file={self.pem}'] if self.pem else []
        return interop.running(
            [HELPERS / 'record-tracks', '--directory', folder, '--tracks',
             len(self.media), '--set', f'idle-timeout={idle * 10**9}', *tls],
            name='record')

    def send(self, port, settings, speed):
        scheme = 'https' if self.pem else 'http'
        command = [HELPERS / 'push-tracks', '--speed', speed, '--set',
                   f'location={scheme}://127.0.0.1:{port}/ingest']
        for name, value in settings.items():
            command += ['--set', f'{name}={value}']
        command += [f'{name}={path}' for name, path in self.media.items()]
        return interop.running(command, name='push')

    def go(self, settings, speed, plan, disturb=None, idle=20):
        """Returns what sender and receiver said, and what was recorded."""
        with interop.scratch() as folder, \
                self.receive(folder, idle) as receiver:
            port = int(receiver.wait_for(r'^ingest .*:(\d+)/').group(1))
            with fault_proxy.Proxy(('127.0.0.1', port), plan, self.greet(),
                                   self.pem) as proxy:
                with self.send(proxy.port, settings, speed) as sender:
                    if disturb:
                        disturb(proxy, sender)
                    sender.wait(150)
                    receiver.wait_for('^ended', 60)
                    receiver.interrupt()
                    status = receiver.wait(20)
                self.log = [f'{r.connection} {r.line} {r.size} {r.fault} '
                            f'-> {r.answered}' for r in proxy.requests]
                self.log += [f'greeting: {fault} ->' for fault in
                             proxy.greetings if fault.kind != 'pass']
            self.expect(status == 0, f'the receiver: {receiver.output()}')
            files = {path.name: path.read_bytes()
                     for path in folder.iterdir()}
        return sender, receiver, files

    def run(self):
        settings = self.settings()
        speed = self.rng.choice([0, 20, 40])
        # a source that is not live waits, with little in the spool or much
        settings['max-spool-bytes'] = self.rng.choice([SMALL, LARGE])
        if settings['request-mode'] == 'long-running':
            # it is kept as long as it takes to be refused, faster than real
            settings['max-spool-time'] = (SECONDS + 10) * 10**9
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
            begin, end = self.rng.choice([(proxy.leave, proxy.listen),
                                          (proxy.freeze, proxy.thaw)])
            threading.Event().wait(before)
            begin()
            threading.Event().wait(seconds)
            end()

    def greet(self):
        return None

    def plan(self, settings):
        rate = self.rng.choice([0, 0, 0.05])
        if settings['request-mode'] == 'long-running':
            rate = 0 # nobody could tell what was refused
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
        settings['spool-full'] = 'drop-oldest'
        # what is missing is shorter than a minute: beyond that senders that are
        # alive, as a frozen connection seems to be, are held for strangers
        settings['max-spool-time'] = 9 * 10**9
        # the end is an error when something was given up
        sender, receiver, files = self.go(
            settings, 12, self.plan(settings), self.disturb, idle=8)
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
        first, last = (got_chunks[0][0], got_chunks[-1][0]) if got_chunks \
            else (0, -1)
        for time_of in missing:
            self.expect(any(a <= time_of < b for a, b in dropped),
                        f'{name}: {time_of} is missing, dropped {dropped}')
            ns = time_of * 10**9 // scale
            # behind the last chunk there is no gap, but an end; so in front
            self.expect(time_of > last or time_of < first
                        or any(a - 1 <= ns < b for a, b in gaps),
                        f'{name}: {time_of} is missing, gaps {gaps}')
        for time_of in there:
            ns = time_of * 10**9 // scale
            self.expect(not any(a + 1 < ns < b - 1 for a, b in gaps),
                        f'{name}: {time_of} is there, gaps {gaps}')


def one(kind, seed):
    run = kind(seed)
    begin = time.monotonic()
    try:
        settings = run.run()
    except Exception as error:  # pylint: disable=broad-except
        settings = {}
        run.wrong.append(f'{type(error).__name__}: {error}')
    return run, settings, time.monotonic() - begin


def parse_arguments():
    """The arguments, and what to run: a list of (kind, seed)."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--runs', type=int, default=None)
    parser.add_argument('--long-runs', type=int, default=None)
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('--jobs', type=int, default=3)
    args = parser.parse_args()
    fresh = random.SystemRandom().randrange(1 << 30)
    if args.runs is None and args.long_runs is None and args.seed is None:
        print(f'seed {fresh}', flush=True)
        return args, [(Run, seed) for seed in (*FIXED, fresh)] \
            + [(LongRun, FIXED_LONG), (LongRun, fresh)]
    seed = fresh if args.seed is None else args.seed
    n = 1 if args.runs is None else args.runs
    n_long = (n + 2) // 3 if args.long_runs is None else args.long_runs
    print(f'seed {seed}', flush=True)
    return args, [(Run, seed + i) for i in range(n)] \
        + [(LongRun, seed + i) for i in range(n_long)]


def tell(run, settings, seconds):
    """Returns the number of faults."""
    faults = [line for line in run.log if ' pass ->' not in line]
    wishes = ' '.join(f'{name}={value}' for name, value in settings.items()
                      if name != 'tls-ca-file')
    print(f'{type(run).__name__} {run.seed}: {len(run.log)} requests, '
          f'{len(faults)} faults, {seconds:.0f} s, '
          f'{"TLS " if run.pem else ""}{wishes}', flush=True)
    return len(faults)


def main():
    args, jobs = parse_arguments()
    interop.need('openssl')
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'x264enc', 'avenc_aac')
    failures = interop.Failures()
    make_media(100) # not by several at once
    make_media(1500)
    make_certificate()
    n_faults = 0
    n_runs = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        futures = [pool.submit(one, kind, seed) for kind, seed in jobs]
        for future in concurrent.futures.as_completed(futures):
            run, settings, seconds = future.result()
            n_faults += tell(run, settings, seconds)
            n_runs[type(run).__name__, settings.get('request-mode'),
                   bool(run.pem)] += 1
            if run.wrong:
                failures.add(f'{type(run).__name__} --seed {run.seed}: '
                             + '; '.join(run.wrong[:5]))
                print('\n'.join(run.log), flush=True)
    for (kind, mode, is_tls), n in sorted(n_runs.items(), key=str):
        print(f'{n} {kind} {mode}{" with TLS" if is_tls else ""}')
    print(f'{len(jobs)} runs, {n_faults} faults', flush=True)
    failures.finish()


if __name__ == '__main__':
    sys.exit(main())
