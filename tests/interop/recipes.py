#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Runs the commands of docs/ingest.md and docs/two-sites.md as they stand there,
with other ports."""
import os
import pathlib
import re
import socket
import subprocess
import time

import interop

BLOCK = re.compile(r'^```(?:sh|nginx) (\S+)\n(.*?)^```', re.M | re.S)
PORTS = ('8080', '8081', '8088', '8443', '1935')

NGINX = '''
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {server}
}}
'''


class Recipes:
    """The blocks of a page, with ports and a directory of their own."""

    def __init__(self, failures, folder, page='ingest.md'):
        self.failures = failures
        self.folder = folder
        folder.mkdir()
        text = (interop.SOURCE_ROOT / 'docs' / page).read_text('utf-8')
        self.ports = {port: str(interop.free_port()) for port in PORTS}
        for port, free in self.ports.items():
            text = re.sub(rf'\b{port}\b', free, text)
        self.blocks = dict(BLOCK.findall(text))
        self.used = set()

    def block(self, name):
        self.used.add(name)
        return self.blocks[name]

    def shell(self, name, **options):
        """The command of a process that has the block run by a shell."""
        return interop.running(['bash', '-ec', 'set -o pipefail\n'
                                + self.block(name)],
                               name=name, cwd=self.folder, **options)

    def run(self, name, seconds=60):
        with self.shell(name) as process:
            status = process.wait(seconds)
            self.failures.expect(status == 0,
                                 f'{name}: {status}: {process.output()}')
            print(f'{name}: {status}', flush=True)
            return process.output()

    def nginx(self, server):
        config = self.folder / 'nginx.conf'
        config.write_text(NGINX.format(folder=self.folder, server=server))
        return interop.running(['nginx', '-p', self.folder, '-c', config],
                               name='nginx')

    def wait_for_listener(self, port):
        """The same without a connection."""
        wanted = f':{int(self.ports[port]):04X}'
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for line in pathlib.Path('/proc/net/tcp').read_text().splitlines():
                words = line.split()
                if words[1].endswith(wanted) and words[3] == '0A':
                    return
            time.sleep(0.05)
        self.failures.add(f'nobody listens on {port}')

    def wait_for_port(self, port):
        """Until somebody listens there."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', int(self.ports[port]))) == 0:
                    return
            time.sleep(0.05)
        self.failures.add(f'nobody listens on {port}')

    def received(self, *names):
        """Every track has segments in its directory."""
        for name in names:
            files = list(self.folder.glob(f'live/{name}/*.m4s'))
            self.failures.expect(len(files) >= 2,
                                 f'live/{name}: {len(files)} segments')
        subprocess.run(['rm', '-rf', str(self.folder / 'live')], check=True)

    def pair(self, receive, port, senders, *tracks):
        """A receiver, which ends when its tracks have, and senders."""
        with self.shell(receive) as receiver:
            self.wait_for_port(port)
            for sender in senders:
                sender()
            status = receiver.wait(60)
            self.failures.expect(status == 0,
                                 f'{receive}: {receiver.output()}')
        self.received(*tracks)


def check_senders(failures, recipes):
    folder = recipes.folder
    source = interop.flash_and_beep(12)
    (folder / 'input.mp4').symlink_to(source)

    def probe():
        answer = recipes.run('probe').strip()
        failures.expect(answer == '200', f'probe: {answer}')
    recipes.pair('receive', '8080', [probe, lambda: recipes.run('send')],
                 'video')
    recipes.pair('receive', '8080', [lambda: recipes.run('ffmpeg')],
                 'video', 'audio')

    def obs():
        with recipes.shell('rtmp') as gateway:
            # a connection would be taken for the publisher: until it listens
            recipes.wait_for_listener('1935')
            publisher = ['ffmpeg', '-v', 'error', '-re', '-i', source, '-c',
                         'copy', '-f', 'flv', 'rtmp://127.0.0.1:'
                         f'{recipes.ports["1935"]}/live/key']
            done = interop.run(publisher, 60)
            failures.expect(done.returncode == 0, f'publisher: {done.stdout}')
            status = gateway.wait(30)
            failures.expect(status == 0, f'rtmp: {gateway.output()}')
    recipes.pair('receive', '8080', [obs], 'video', 'audio')

    done = interop.run(
        ['ffmpeg', '-v', 'error', '-i', source, '-map', '0:v', '-c', 'copy',
         '-f', 'mp4', '-movflags', 'cmaf+frag_keyframe+empty_moov',
         folder / 'video.cmf'])
    failures.expect(done.returncode == 0, done.stdout)
    recipes.pair('receive', '8080', [lambda: recipes.run('curl')], 'video')


def check_pushers(failures, recipes):
    (recipes.folder / 'input.mp4').symlink_to(interop.flash_and_beep(12))

    def play():
        codecs = recipes.run('push-play').split()
        failures.expect(sorted(set(codecs)) == ['aac', 'h264'],
                        f'push-play: {codecs}')
    recipes.pair('push-receive', '8080',
                 [lambda: recipes.run('push-hls'),
                  lambda: recipes.run('push-dash'), play], '0', '1')
    failures.expect((recipes.folder / 'pushed/hls/out.m3u8').exists(),
                    'the playlist is not there')


def check_dav(failures, recipes):
    port = recipes.ports['8088']
    server = (f'server {{ listen 127.0.0.1:{port};\n'
              f'{recipes.block("dav.conf")} }}')
    (recipes.folder / 'store').mkdir()
    with recipes.nginx(server):
        recipes.wait_for_port('8088')
        recipes.run('dav-send')
        recipes.run('dav-hls')
        interop.check_ffmpeg_plays(
            failures, 'dav-hls',
            f'http://127.0.0.1:{port}/live/hls/master.m3u8', 4)
    log = (recipes.folder / 'access.log').read_text()
    lines = re.findall(r'"PUT /live/video/(\S+) HTTP/1.1" (\d+)', log)
    failures.expect(lines and lines[0][0] == 'init.cmfv', log)
    failures.expect(len(lines) >= 3, log)
    failures.expect(all(code == '201' for _, code in lines), log)
    stored = sorted(path.name for path in
                    (recipes.folder / 'store/live/video').iterdir())
    failures.expect(stored == sorted(name for name, _ in lines), f'{stored}')


def check_two(failures, recipes):
    """One of the two is away; what it should have got stays on disk."""
    recipes.pair('receive', '8080', [lambda: recipes.run('two', 90)], 'video')
    left = list(recipes.folder.glob('spool/*/video/*.cmf'))
    failures.expect(len(left) >= 2, f'{len(left)} files in the spool')


def check_redundant(failures, recipes):
    recipes.pair('redundant-receive', '8080',
                 [lambda: recipes.run('redundant-send')], 'video')


def check_tls(failures, recipes):
    recipes.run('ca')
    for sender in ('tls-send', 'tls-pin'):
        recipes.pair('tls-receive', '8443',
                     [lambda sender=sender: recipes.run(sender)], 'video')
    with recipes.nginx(recipes.block('proxy.conf')):
        recipes.wait_for_port('8443')
        recipes.pair('receive', '8080',
                     [lambda: recipes.run('mutual-send')], 'video')


def check_two_sites(failures, recipes):
    recipes.run('encoders')
    report = recipes.run('compare')
    failures.expect(re.search(r'1 tracks?, [2-9] segments? in common, 0 diff', report),
                    report)


def main():
    os.environ['PATH'] = f'{interop.BUILD_ROOT}/tools:{os.environ["PATH"]}'
    failures = interop.Failures()
    interop.need('gst-launch-1.0', 'ffmpeg', 'curl', 'openssl', 'nginx')
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'cmafhlssink', 'x264enc', 'flvdemux')
    with interop.scratch() as folder:
        parts = {check: Recipes(failures, folder / check.__name__) for check in
                 (check_senders, check_pushers, check_dav, check_two,
                  check_redundant, check_tls)}
        two_sites = Recipes(failures, folder / 'two-sites', 'two-sites.md')
        interop.at_once(failures, *parts.items(),
                        (check_two_sites, two_sites))
    unused = set.intersection(*(set(recipes.blocks) - recipes.used
                                for recipes in parts.values()))
    unused |= set(two_sites.blocks) - two_sites.used
    failures.expect(not unused, f'not run: {sorted(unused)}')
    failures.finish()


if __name__ == '__main__':
    main()
