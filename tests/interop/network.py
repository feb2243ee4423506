# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Hosts that are network namespaces, each with a cable to a switch of their
own. Nothing of it is seen outside, and all of it goes when the block ends, or
SIGTERM comes. When the test is killed its programs go too, and the next one
takes the namespaces away."""
import contextlib
import os
import re
import signal
import sys

import interop

NETWORK = '10.77.0'


def need():
    """Ends the test as skipped where namespaces cannot be made."""
    interop.need('ip', 'ss', 'setpriv')
    if os.geteuid() != 0:
        interop.skip('network namespaces need root')
    probe = f'cmaf{os.getpid()}-probe'
    done = interop.run(['ip', 'netns', 'add', probe])
    interop.run(['ip', 'netns', 'del', probe])
    if done.returncode:
        interop.skip(f'no network namespaces here: {done.stdout.strip()}')


def ip(*arguments):
    done = interop.run(['ip', *arguments])
    if done.returncode:
        raise RuntimeError(f'ip {" ".join(arguments)}: {done.stdout.strip()}')


class Host:
    """One namespace; its cable ends in the switch as `name`."""

    def __init__(self, network, name, number):
        self.network = network
        self.name = name
        self.space = f'{network.prefix}-{name}'
        self.address = f'{NETWORK}.{number}'

    def command(self, command):
        """What runs `command` there; it keeps its process id."""
        return ['setpriv', '--pdeathsig', 'KILL', 'ip', 'netns', 'exec',
                self.space, *command]

    def cut(self):
        """The cable is out: nothing passes, and nobody is told."""
        ip('-n', self.network.switch, 'link', 'set', self.name, 'down')

    def mend(self):
        ip('-n', self.network.switch, 'link', 'set', self.name, 'up')

    def connections(self, port):
        """Of those to `port` here: {(address, port) of the peer: bytes of it
        that are not read}."""
        done = interop.run(self.command(
            ['ss', '-Htn', 'state', 'established', f'sport = :{port}']))
        return {(address, port): int(unread) for unread, address, port in
                re.findall(r'^(\d+)\s+\d+\s+\S+\s+([\d.]+):(\d+)',
                           done.stdout, re.M)}

    def listens(self, port):
        done = interop.run(self.command(['ss', '-Hltn', f'sport = :{port}']))
        return bool(done.stdout.strip())


def remove_left_over():
    """Namespaces of tests that were killed."""
    for space, pid in re.findall(r'^(cmaf(\d+)-\S+)',
                                 interop.run(['ip', 'netns']).stdout, re.M):
        if not os.path.exists(f'/proc/{pid}'):
            interop.run(['ip', 'netns', 'del', space])


class Network:
    def __init__(self):
        self.prefix = f'cmaf{os.getpid()}'
        self.switch = f'{self.prefix}-switch'
        self.spaces = []

    def add_space(self, name):
        ip('netns', 'add', name)
        self.spaces.append(name)
        ip('-n', name, 'link', 'set', 'lo', 'up')

    def open(self):
        self.add_space(self.switch)
        ip('-n', self.switch, 'link', 'add', 'bridge', 'type', 'bridge')
        ip('-n', self.switch, 'link', 'set', 'bridge', 'up')

    def add_host(self, name):
        host = Host(self, name, len(self.spaces))
        self.add_space(host.space)
        ip('-n', host.space, 'link', 'add', 'eth0', 'type', 'veth',
           'peer', 'name', name, 'netns', self.switch)
        ip('-n', self.switch, 'link', 'set', name, 'master', 'bridge', 'up')
        ip('-n', host.space, 'addr', 'add', f'{host.address}/24', 'dev', 'eth0')
        ip('-n', host.space, 'link', 'set', 'eth0', 'up')
        return host

    def close(self):
        for space in self.spaces:
            interop.run(['ip', 'netns', 'del', space])


@contextlib.contextmanager
def network():
    net = Network()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    remove_left_over()
    try:
        net.open()
        yield net
    finally:
        net.close()
