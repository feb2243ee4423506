#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""nginx serves the directory that cmafdashsink and cmafhlssink write: while it
is written every manifest names only what can be fetched, players play it live,
and afterwards as a recording."""
import pathlib
import re
import time
import urllib.error
import urllib.request

import interop
import presentation

SECONDS = 60  # of the broadcast
WINDOW = 20   # seconds

CONFIG = '''
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{
    application/dash+xml mpd;
    application/vnd.apple.mpegurl m3u8;
    video/mp4 mp4 m4s;
  }}
  server {{
    listen 127.0.0.1:{port};
    root {media};
    add_header Cache-Control no-cache;
  }}
}}
'''


def nginx(folder, media, port):
    config = folder / 'nginx.conf'
    config.write_text(CONFIG.format(folder=folder, media=media, port=port))
    return interop.running(['nginx', '-p', folder, '-c', config], name='nginx')


def broadcast(source, media):
    """Real time, on the epoch of the machine's clock."""
    def track(name, pad, parse):
        return [pad, '!', 'queue', '!', parse, '!', 'clocksync', '!',
                'cmafsyncmux', f'track-name={name}', 'timing-sources=fixed',
                f'fixed-origin={origin}', '!', 'tee', f'name={name}', '!',
                'queue', '!', 'dash.', f'{name}.', '!', 'queue', '!', 'hls.']
    # the last edge of the grid of 48/25 s before now
    origin = int(time.time() * 25) // 48 * 1_920_000_000
    window = f'window-length={WINDOW * 10**9}'
    return ['gst-launch-1.0', '-q', '-e', 'filesrc', f'location={source}', '!',
            'qtdemux', 'name=d',
            'cmafdashsink', 'name=dash', f'location={media}', window,
            'cmafhlssink', 'name=hls', f'location={media}', window,
            'write-segments=false',
            *track('video', 'd.video_0', 'h264parse'),
            *track('audio', 'd.audio_0', 'aacparse')]


def fetch(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.headers.get_content_type(), answer.read()


def is_there(url):
    try:
        return bool(fetch(url)[1])
    except urllib.error.HTTPError:
        return False


def check_playlist(failures, url):
    """The number of segments; each of them, and the header, can be fetched."""
    kind, text = fetch(url)
    failures.expect(kind == 'application/vnd.apple.mpegurl', f'{url}: {kind}')
    text = text.decode()
    names = re.findall(r'^[^#\n].*', text, re.M)
    names += re.findall(r'#EXT-X-MAP:URI="([^"]+)"', text)
    for name in names:
        failures.expect(is_there(f'{url.rpartition("/")[0]}/{name}'),
                        f'{url} names {name}')
    return len(names) - 1


def check_mpd(failures, url):
    kind, text = fetch(f'{url}/stream.mpd')
    failures.expect(kind == 'application/dash+xml', f'{url}: {kind}')
    for name in presentation.names_in_mpd(text):
        failures.expect(is_there(f'{url}/{name}'), f'stream.mpd names {name}')


def watch(failures, url, seconds):
    """Every version that can be had names only what is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not failures:
        check_mpd(failures, url)
        for track in ('video', 'audio'):
            check_playlist(failures, f'{url}/{track}/media.m3u8')


def wait_for_live(url):
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        try:
            if fetch(f'{url}/video/media.m3u8')[1].count(b'#EXTINF') >= 5 \
                    and is_there(f'{url}/stream.mpd'):
                return True
        except OSError:
            pass
        time.sleep(0.2)
    return False


def play_live(failures, url):
    interop.check_playbin(failures, 'live master.m3u8', f'{url}/master.m3u8',
                          14, 'hlsdemux2')
    interop.check_ffmpeg(failures, 'live master.m3u8', f'{url}/master.m3u8', 6)


def main():
    failures = interop.Failures()
    interop.need('nginx', 'gst-launch-1.0', 'ffmpeg')
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'cmafhlssink')
    source = interop.flash_and_beep(SECONDS)
    with interop.scratch() as folder:
        media = pathlib.Path(folder) / 'media'
        media.mkdir()
        port = interop.free_port()
        url = f'http://127.0.0.1:{port}'
        with nginx(folder, media, port), \
                interop.running(broadcast(source, media), name='gst') as gst:
            if failures.expect(wait_for_live(url), f'not live: {gst.output()}'):
                watch(failures, url, 5)
                play_live(failures, url)
                watch(failures, url, 5)
            failures.expect(gst.wait(SECONDS + 30) == 0, gst.output())
            watch(failures, url, 0.1)
            left = check_playlist(failures, f'{url}/video/media.m3u8')
            failures.expect(left * 1.92 >= WINDOW - 2, f'{left} segments are left')
            for name in ('master.m3u8', 'stream.mpd'):
                interop.check_ffmpeg(failures, f'recorded {name}',
                                     f'{url}/{name}', WINDOW - 4)
    failures.finish()


if __name__ == '__main__':
    main()
