#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""nginx serves the directory that cmafdashsink and cmafhlssink write: while it
is written every manifest names only what can be fetched, and everything that
plays plays it live; players that are there at the end play to the end; and
what is left plays as a recording."""
import pathlib
import re
import time
import urllib.error
import urllib.request

import interop
import presentation

LENGTH = 120  # of the content; more than what all of this takes
WINDOW = 24  # seconds: more than a player reads of the recording
SECONDS = 8   # for which each player plays


def broadcast(source, media):
    """Real time, on the epoch of the machine's clock. number.mpd names the same
    segments by number and duration: the demuxers of GStreamer 1.22 compute
    wrong numbers from a timeline that does not begin at presentation time
    zero."""
    def track(name, pad, parse):
        return [pad, '!', 'queue', '!', parse, '!', 'clocksync', '!',
                'cmafsyncmux', f'track-name={name}', 'timing-sources=fixed',
                f'fixed-origin={origin}', '!', 'tee', f'name={name}', '!',
                'queue', '!', 'dash.', f'{name}.', '!', 'queue', '!', 'hls.',
                f'{name}.', '!', 'queue', '!', 'number.']
    # the next edge of the grid of 48/25 s: who computes the newest segment from
    # a clock must not be ahead of what is written when this has started
    origin = (int(time.time() * 25) // 48 + 1) * 1_920_000_000
    shared = [f'location={media}', f'window-length={WINDOW * 10**9}']
    return ['gst-launch-1.0', '-q', '-e', 'filesrc', f'location={source}', '!',
            'qtdemux', 'name=d',
            'cmafdashsink', 'name=dash', *shared,
            f'presentation-start={origin}',
            'cmafhlssink', 'name=hls', *shared, 'write-segments=false',
            'cmafdashsink', 'name=number', *shared, 'write-segments=false',
            'mpd-name=number.mpd', 'vod-mpd-name=""', 'addressing=number',
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
    while not failures:
        check_mpd(failures, url)
        for track in ('video', 'audio'):
            check_playlist(failures, f'{url}/{track}/media.m3u8')
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)  # the players need the processor too


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


def first_of(url):
    """The first segment of the window."""
    text = fetch(f'{url}/video/media.m3u8')[1].decode()
    return int(re.search(r'#EXT-X-MEDIA-SEQUENCE:(\d+)', text).group(1))


def play_live(failures, url, gst):
    """All of them while the window moves; the service ends while some players
    of the browser go on."""
    master, mpd, number = (f'{url}/{name}' for name in
                           ('master.m3u8', 'stream.mpd', 'number.mpd'))
    constant = fetch(number)[1]
    interop.check_ffmpeg_dash(failures, 'live DASH', mpd, SECONDS)
    interop.check_ffmpeg(failures, 'live HLS', master, SECONDS)
    first = first_of(url)
    interop.at_once(
        failures,
        (watch, url, 10),
        (interop.check_playbin, 'live HLS', master, 14, 'hlsdemux2'),
        (interop.check_playbin, 'live numbers', number, 14, 'dashdemux2'),
        (interop.check_playbin, 'live numbers', number, 14, 'dashdemux'),
        # it asks for numbers as fast as it reads, whatever time it is
        (interop.check_ffmpeg, 'live numbers', number, SECONDS, True))
    with interop.browser(
            failures,
            [f'dash={number}', f'shaka={number}', f'shaka={master}'], SECONDS,
            [f'hls={master}', f'dash={mpd}', f'shaka={mpd}']) as browser:
        browser.measured()
        failures.expect(fetch(number)[1] == constant, 'number.mpd has changed')
        failures.expect(first_of(url) > first, 'the window has not moved')
        gst.interrupt()
        failures.expect(gst.wait(30) == 0, gst.output())
        browser.dash_end = presentation.end_of(fetch(mpd)[1])


def play_recording(failures, url):
    left = check_playlist(failures, f'{url}/video/media.m3u8')
    failures.expect(left * 1.92 >= WINDOW - 2, f'{left} segments are left')
    master, mpd, vod, number = (
        f'{url}/{name}' for name in
        ('master.m3u8', 'stream.mpd', 'vod.mpd', 'number.mpd'))
    # stream.mpd keeps its times, and GStreamer waits for the first of them
    interop.at_once(
        failures,
        (interop.check_playbin, 'recorded HLS', master, 14, 'hlsdemux2'),
        (interop.check_playbin, 'recorded vod.mpd', vod, 14, 'dashdemux2'),
        (interop.check_playbin, 'recorded vod.mpd', vod, 14, 'dashdemux'),
        *((interop.check_ffmpeg, 'recorded', name, WINDOW - 4)
          for name in (master, mpd, vod)),
        (interop.check_browser,
         [f'hls={master}', f'dash={mpd}', f'dash={number}', f'dash={vod}',
          f'shaka={mpd}', f'shaka={vod}'], SECONDS, interop.HERE))


def main():
    failures = interop.Failures()
    interop.need('nginx', 'gst-launch-1.0', 'ffmpeg')
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'cmafhlssink')
    source = interop.flash_and_beep(LENGTH)
    with interop.scratch() as folder:
        media = pathlib.Path(folder) / 'media'
        media.mkdir()
        with interop.nginx(folder, media) as url, \
                interop.running(broadcast(source, media), name='gst') as gst:
            if not failures.expect(wait_for_live(url),
                                   f'not live: {gst.output()}'):
                failures.finish()
            play_live(failures, url, gst)
            watch(failures, url, 0)
            play_recording(failures, url)
    failures.finish()


if __name__ == '__main__':
    main()
