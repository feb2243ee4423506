#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""One encoder pushes flashes and beeps to a packager; everything that plays
plays them live from the origin, and to the end when the encoder ends."""
import time
import urllib.request

import interop
import presentation

LENGTH = 120  # of the content; more than what all of this takes
SECONDS = 10


def encoder(source, ingest, port):
    """Encodes in real time, for the packager and for an origin of its own, whose
    DASH has no timeline."""
    def track(name, convert, encode):
        return ['in.', '!', 'queue', '!', *convert.split(), '!', 'clocksync',
                '!', *encode.split(), '!', 'cmafsyncmux', f'track-name={name}',
                'chunk-duration=200000000', '!', 'tee', f'name={name}', '!',
                'queue', '!', 'out.', f'{name}.', '!', 'queue', '!', 'number.']
    return ['gst-launch-1.0', '-e', 'uridecodebin', f'uri=file://{source}',
            'name=in', 'httpingestsink', f'location={ingest}', 'name=out',
            'cmaforiginsink', f'port={port}', 'addressing=number',
            'name=number',
            *track('video', 'videoconvert',
                   'x264enc tune=zerolatency speed-preset=ultrafast '
                   'bitrate=500 key-int-max=250 ! h264parse'),
            *track('audio', 'audioconvert ! audioresample',
                   'cmafaudioalign ! avenc_aac bitrate=96000 ! aacparse')]


def wait_for_segments(failures, url, n):
    """Until the playlists list some segments: players start a few back."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.read().count(b'#EXTINF') >= n:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    failures.add(f'{url} has not {n} segments after 60 s')
    failures.finish()


def play(failures, page, base, number, sender):
    """GStreamer and FFmpeg, then the browser; the encoder ends while some of
    its players go on. The DASH demuxers of GStreamer 1.22 add the start of a
    timeline to the place of a segment in it, and wait for the sum: they play
    live what has no timeline."""
    master, mpd = f'{base}/master.m3u8', f'{base}/stream.mpd'
    for url in (base, number):
        wait_for_segments(failures, f'{url}/video/media.m3u8', 6)
    interop.check_ffmpeg_dash(failures, 'DASH', mpd, SECONDS)
    number = f'{number}/stream.mpd'
    interop.at_once(
        failures,
        (interop.check_playbin, 'HLS', master, 16, 'hlsdemux2'),
        (interop.check_playbin, 'by number', number, 14, 'dashdemux2'),
        (interop.check_playbin, 'by number', number, 14, 'dashdemux'),
        (interop.check_ffmpeg, 'HLS', master, SECONDS))
    with interop.browser(
            failures, [f'dash={number}', f'shaka={number}'], SECONDS,
            [f'hls={master}', f'dash={mpd}', f'shaka={mpd}',
             f'page={page}']) as browser:
        browser.measured()
        sender.interrupt()
        failures.expect(sender.wait() == 0, f'encoder: {sender.output()}')
        browser.dash_end = end_of(mpd)


def end_of(url):
    """When the MPD says that it ends, once it says so."""
    deadline = time.monotonic() + 10
    text = b''
    while b'"static"' not in text and time.monotonic() < deadline:
        text = interop.wait_for_url(url)
    return presentation.end_of(text)


def push_and_play(failures, source):
    packager = [interop.BUILD_ROOT / 'tests/examples/cmaf-packager',
                '--linger', '40', '--service-start', int(time.time())]
    with interop.running(packager, name='packager') as receiver:
        ingest = receiver.wait_for(r'^ingest (\S+)').group(1)
        page = receiver.wait_for(r'^page (\S+)').group(1)
        port = interop.free_port()
        with interop.running(encoder(source, ingest, port),
                             name='encoder') as sender:
            play(failures, page, f'{page}live/live',
                 f'http://127.0.0.1:{port}/live/live', sender)
        receiver.interrupt()
        failures.expect(receiver.wait() == 0, 'the packager failed')
        summary = receiver.wait_for('^summary .*').group(0)
        print(summary)
        failures.expect(' 0 gaps' in summary, summary)
        if failures:
            print(receiver.output())


def main():
    failures = interop.Failures()
    interop.need('node', 'chromium')
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'cmaforiginsink')
    interop.npm_directory()
    source = interop.flash_and_beep(LENGTH)
    push_and_play(failures, source)
    failures.finish()


if __name__ == '__main__':
    main()
