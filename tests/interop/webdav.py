#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""nginx is the server of cmafdashsink and cmafhlssink, by WebDAV: what it is
asked, in which order, by its own log; what it has then plays."""
import os
import pathlib
import re

import interop
import presentation

STORE = interop.BUILD_ROOT / 'tests/check/libs/cmafhttp/libs-cmafhttp-http-store'
SECONDS = 20
LINE = re.compile(r'"(PUT|DELETE|GET) (\S+) HTTP/1.1" (\d+) ')


def check_store(failures, url):
    """The case of the store's own test that is for a real server."""
    done = interop.run([STORE], env={**os.environ, 'CK_RUN_CASE': 'server',
                                     'CMAF_HTTP_STORE_URL': f'{url}/store/'})
    failures.expect(done.returncode == 0 and '100%: Checks: 1,' in done.stdout,
                    done.stdout)


def check_sync_store(failures, url):
    """nginx replaces what is there, whatever it is asked: that is told, and
    the encoder goes on."""
    done = interop.run(['gst-launch-1.0', 'videotestsrc',
                        'num-buffers=150', '!', 'x264enc', 'key-int-max=48', '!',
                        'cmafsyncmux', 'timing-sources=fixed',
                        f'sync-store={url}/sync', '!', 'fakesink'])
    failures.expect(done.returncode == 0
                    and done.stdout.count('If-None-Match: *') == 1, done.stdout)


def send(source, sinks):
    """As fast as the server takes it, to all of @sinks."""
    def track(name, pad, parse):
        to_all = [part for i in range(len(sinks)) for part in
                  (f'{name}.', '!', 'queue', '!', f's{i}.')]
        return [pad, '!', 'queue', '!', parse, '!', 'cmafsyncmux',
                f'track-name={name}', 'timing-sources=fixed', '!', 'tee',
                f'name={name}', *to_all]
    described = [part for i, sink in enumerate(sinks)
                 for part in [*sink, f'name=s{i}']]
    return ['gst-launch-1.0', '-q', '-e', 'filesrc', f'location={source}', '!',
            'qtdemux', 'name=d', *described,
            *track('video', 'd.video_0', 'h264parse'),
            *track('audio', 'd.audio_0', 'aacparse')]


def check_log(failures, lines, folder):
    """Every request was granted; headers first, manifests behind media, and
    what was deleted had been there."""
    stored = []
    for method, path, status in lines:
        failures.expect(status in ('201', '204'), f'{method} {path}: {status}')
        if method == 'PUT':
            track = path.rpartition('/')[0]
            if path.endswith('.m4s'):
                failures.expect(any(p.startswith(f'{track}/init-')
                                    for p in stored), f'{path} has no header')
            stored.append(path)
        elif method == 'DELETE':
            failures.expect(path in stored, f'{path} was never stored')
    first = {kind: next((i for i, path in enumerate(stored)
                         if path.endswith(kind)), None)
             for kind in ('.init', '.m4s', '.m3u8', '.mpd')}
    manifest = first['.mpd'] if first['.m3u8'] is None else first['.m3u8']
    failures.expect(first['.init'] is not None and manifest is not None
                    and first['.init'] < first['.m4s'] < manifest,
                    f'{folder}: {stored[:8]}')


def check_names(failures, media):
    """What the last manifests name is there, byte for byte of some size."""
    for name in presentation.names_in_mpd(
            (media / 'dash/stream.mpd').read_bytes()):
        failures.expect((media / 'dash' / name).stat().st_size > 0, name)
    for track in ('video', 'audio'):
        text = (media / 'hls' / track / 'media.m3u8').read_text('utf-8')
        names = re.findall(r'^[^#\n].*', text, re.M)
        failures.expect(len(names) > 5, text)
        for name in names + re.findall(r'MAP:URI="([^"]+)"', text):
            failures.expect((media / 'hls' / track / name).stat().st_size > 0,
                            name)


def check_window(failures, lines):
    failures.expect(any(method == 'DELETE' for method, _, _ in lines),
                    'nothing was deleted')


def main():
    failures = interop.Failures()
    interop.need('nginx', 'gst-launch-1.0', 'ffmpeg')
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'cmafhlssink')
    source = interop.flash_and_beep(SECONDS)
    with interop.scratch() as folder:
        media = pathlib.Path(folder) / 'media'
        media.mkdir()
        with interop.nginx(folder, media, interop.DAV) as url:
            check_store(failures, url)
            check_sync_store(failures, url)
            done = interop.run(send(source, [
                ['cmafdashsink', f'location={url}/dash'],
                ['cmafhlssink', f'location={url}/hls'],
                ['cmafhlssink', f'location={url}/window', 'low-latency=true',
                 f'window-length={2 * 10**9}', 'window-quantum=1']]))
            failures.expect(done.returncode == 0, done.stdout)
            log = LINE.findall((folder / 'access.log').read_text())
            for part in ('dash', 'hls', 'window'):
                lines = [line for line in log
                         if line[1].startswith(f'/{part}/')]
                check_log(failures, lines, part)
            check_window(failures, lines)
            check_names(failures, media)
            for name in ('hls/master.m3u8', 'dash/stream.mpd', 'dash/vod.mpd'):
                interop.check_ffmpeg(failures, name, f'{url}/{name}',
                                     SECONDS - 2)
    failures.finish()


if __name__ == '__main__':
    main()
