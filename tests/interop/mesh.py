#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Two encoders send to two packagers each, over TLS, each of the four on a host
of its own. Each cable is pulled and each process is killed in turn, in the
middle of a TLS handshake too. No packager loses a segment, and what the two
have written is the same.

    mesh.py [--speed N] [--seed N] [--keep DIR]"""
import argparse
import contextlib
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

import faults
import interop
import network

PORT = 8443 # in a namespace of its own
SEGMENT = 48 / 25
LIMIT = 1.5 # seconds for which something is away
LAST = 25 # seconds of media behind the last disturbance


class Machine:
    """A process on a host, which can be killed and started again."""

    def __init__(self, host, command, folder=None):
        self.host = host
        self.command = command
        self.folder = folder # that it writes to
        self.process = None
        self.told = []

    def start(self):
        self.process = interop.Process(self.host.command(self.command),
                                       name=self.host.name)

    def stop(self):
        """As if the power had gone."""
        self.process.kill()
        self.process.wait()
        self.told.append(self.process.output())

    def signal(self, number):
        self.process.popen.send_signal(number)

    def end(self):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.signal(signal.SIGCONT)
            self.process.stop()


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f'within {seconds} s: no {what}')
        time.sleep(0.02)


class Mesh:
    def __init__(self, net, folder, speed, rng):
        self.rng = rng
        self.speed = speed
        self.media = faults.make_media(100)
        self.packagers = [self.add_packager(net.add_host(name), folder / name)
                          for name in ('pack-a', 'pack-b')]
        self.pem = faults.make_certificate(
            [machine.host.address for machine in self.packagers],
            folder / 'mesh.pem')
        self.begin = 0
        self.encoders = [Machine(net.add_host(name), [])
                         for name in ('enc-a', 'enc-b')]
        self.machines = self.packagers + self.encoders

    def add_packager(self, host, folder):
        return Machine(host, [
            'gst-launch-1.0', '-e', 'httpingestsrc', f'address={host.address}',
            f'port={PORT}', f'gap-hold={8 * 10**9}', # who is away comes back
            f'tls-certificate-file={folder.parent}/mesh.pem',
            ':', 'cmafdashsink', f'location={folder}'], folder)

    def encoder_command(self, machine):
        first, second = (f'https://{packager.host.address}:{PORT}/ingest'
                         for packager in self.packagers)
        settings = {'location': first, 'locations': second,
                    'encoder-name': machine.host.name,
                    'tls-ca-file': self.pem, 'timeout': 10**9,
                    'spool-full': 'drop-oldest', 'max-spool-time': 60 * 10**9,
                    'drain-timeout': 30 * 10**9}
        command = [faults.HELPERS / 'push-tracks', '--speed', self.speed,
                   '--begin', self.begin]
        for name, value in settings.items():
            command += ['--set', f'{name}={value}']
        return command + [f'{name}={path}' for name, path in self.media.items()]

    def media_time(self):
        """Seconds."""
        return max(time.monotonic() - self.begin / 1e6, 0) * self.speed

    # ---- what goes wrong ----

    def start_packager(self, machine):
        machine.start()
        wait_until(lambda: machine.host.listens(PORT), 'listener', 60)

    def away(self):
        time.sleep(self.rng.uniform(0.5, 1) * LIMIT)

    def pull_cable(self, machine):
        machine.host.cut()
        self.away()
        machine.host.mend()

    def restart(self, machine):
        machine.stop()
        self.away()
        if machine in self.packagers:
            self.start_packager(machine)
        else:
            machine.start()

    def hang_in_handshake(self, packager):
        """An encoder has lost the packager, which does not get on with the new
        handshake: what the encoder said first is not read. Returns it."""
        packager.signal(signal.SIGSTOP)
        old = packager.host.connections(PORT)

        def find():
            new = {address for (address, port), unread in
                   packager.host.connections(PORT).items()
                   if unread and (address, port) not in old}
            return [encoder for encoder in self.encoders
                    if encoder.host.address in new]
        wait_until(find, 'handshake')
        return (find() or self.encoders)[0]

    def kill_packager_in_handshake(self, packager):
        self.hang_in_handshake(packager)
        packager.stop()
        self.start_packager(packager)

    def kill_encoder_in_handshake(self, packager):
        encoder = self.hang_in_handshake(packager)
        encoder.stop()
        packager.signal(signal.SIGCONT)
        encoder.start()

    def pull_cable_in_handshake(self, packager):
        self.hang_in_handshake(packager)
        packager.host.cut()
        packager.signal(signal.SIGCONT)
        self.away()
        packager.host.mend()

    def heal(self):
        """All have what they can have. It takes a segment until a file is
        there, and some time."""
        number = int(min(self.media_time(), faults.SECONDS - LAST) / SEGMENT)
        files = [packager.folder / track / f'{number:010}.m4s'
                 for packager in self.packagers for track in self.media]
        wait_until(lambda: all(file.exists() for file in files),
                   f'segment {number} everywhere', 60)

    def disturbances(self):
        events = [(what, machine) for machine in self.machines
                  for what in (self.pull_cable, self.restart)]
        events += [(what, self.rng.choice(self.packagers)) for what in
                   (self.kill_packager_in_handshake,
                    self.kill_encoder_in_handshake,
                    self.pull_cable_in_handshake)]
        self.rng.shuffle(events)
        return events

    # ---- a run ----

    def start(self):
        for packager in self.packagers:
            self.start_packager(packager)
        self.begin = int((time.monotonic() + 2) * 1e6) # they are up by then
        for encoder in self.encoders:
            encoder.command = self.encoder_command(encoder)
            encoder.start()

    def run(self):
        """Until the media end."""
        self.start()
        for what, machine in self.disturbances():
            self.heal()
            if self.media_time() > faults.SECONDS - LAST:
                print(f'a slow machine: {what.__name__} is left out')
                continue
            print(f'{self.media_time():.1f} s of media: {what.__name__} '
                  f'{machine.host.name}', flush=True)
            what(machine)
        for encoder in self.encoders:
            encoder.process.wait(faults.SECONDS / self.speed + 60)
        for packager in self.packagers:
            packager.process.interrupt()
            packager.process.wait(20)

    def end(self):
        for machine in self.machines:
            machine.end()


# ---- what is left ----

def written(folder):
    """{(track, decode time): bytes of the chunk}"""
    found = {}
    for path in sorted(folder.glob('*/*.m4s')):
        for time_of, data in faults.parse(path.read_bytes())[1]:
            found[path.parent.name, time_of] = data
    return found


def check_packager(failures, mesh, name, folder):
    got = written(folder)
    for track, path in mesh.media.items():
        sent = dict(faults.parse(path.read_bytes())[1])
        missing = [at for at in sent if (track, at) not in got]
        failures.expect(not missing, f'{name}: {track}: {len(missing)} of '
                        f'{len(sent)} chunks are missing, from {missing[:9]}')
        other = [at for at, data in sent.items()
                 if got.get((track, at), data) != data]
        failures.expect(not other, f'{name}: {track}: other bytes at '
                        f'{other[:9]}')
    print(f'{name}: {len(got)} chunks', flush=True)


def check(failures, mesh, folder):
    for machine in mesh.packagers:
        check_packager(failures, mesh, machine.host.name,
                       folder / machine.host.name)
    done = interop.run([interop.BUILD_ROOT / 'tools/cmaf-compare', '--frames',
                        '--complete', folder / 'pack-a', folder / 'pack-b'])
    failures.expect(done.returncode == 0,
                    f'cmaf-compare {done.returncode}: {done.stdout}')
    print(done.stdout.strip(), flush=True)
    if failures:
        for machine in mesh.machines:
            for text in [*machine.told, machine.process.output()]:
                print(f'---- {machine.host.name}\n{text}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--speed', type=float, default=4)
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('--keep', type=pathlib.Path,
                        help='a directory for what was written')
    args = parser.parse_args()
    interop.need('gst-launch-1.0', 'openssl')
    network.need()
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'cmafdashsink', 'x264enc', 'avenc_aac')
    if args.seed is None:
        args.seed = random.SystemRandom().randrange(1 << 30)
    print(f'seed {args.seed}', flush=True)
    failures = interop.Failures()
    with interop.scratch() as folder, network.network() as net:
        mesh = Mesh(net, folder, args.speed, random.Random(args.seed))
        try:
            mesh.run()
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            failures.add(str(error))
        finally:
            mesh.end()
        check(failures, mesh, folder)
        if args.keep:
            shutil.copytree(folder, args.keep, dirs_exist_ok=True)
    failures.finish()


if __name__ == '__main__':
    sys.exit(main())
