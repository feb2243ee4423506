#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""One encoder pushes flashes and beeps to a packager; everything that plays
plays them live from the origin, and to the end when the encoder ends."""
import time
import urllib.request

import interop
import presentation

LENGTH = 240  # of the content; more than all players together take
SECONDS = 10


def encoder(source, *sink):
    """Encodes in real time into that sink."""
    def track(name, convert, encode):
        return ['in.', '!', 'queue', '!', *convert.split(), '!', 'clocksync',
                '!', *encode.split(), '!', 'cmafsyncmux', f'track-name={name}',
                'chunk-duration=200000000', '!', 'queue', '!', 'out.']
    return ['gst-launch-1.0', '-e', 'uridecodebin', f'uri=file://{source}',
            'name=in', *sink, 'name=out',
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


def play(failures, page):
    base = f'{page}live/live'
    wait_for_segments(failures, f'{base}/video/media.m3u8', 6)
    interop.check_browser(
        failures, [f'hls={base}/master.m3u8', f'dash={base}/stream.mpd',
                   f'shaka={base}/stream.mpd', f'page={page}'],
        interop.HERE, SECONDS)
    interop.check_playbin(failures, 'master.m3u8', f'{base}/master.m3u8', 16,
                          'hlsdemux2')
    for name in ('master.m3u8', 'stream.mpd'):
        interop.check_ffmpeg(failures, name, f'{base}/{name}', SECONDS)


def end_in_session(failures, page, sender):
    """The encoder ends while all of them play."""
    base = f'{page}live/live'
    with interop.sessions(
            failures, [f'hls={base}/master.m3u8', f'dash={base}/stream.mpd',
                       f'shaka={base}/stream.mpd', f'page={page}'], 30) as end:
        sender.interrupt()
        failures.expect(sender.wait() == 0, f'encoder: {sender.output()}')
        deadline = time.monotonic() + 10
        text = b''
        while b'"static"' not in text and time.monotonic() < deadline:
            with urllib.request.urlopen(f'{base}/stream.mpd', timeout=5) as mpd:
                text = mpd.read()
        end['dash'] = presentation.end_of(text)


def push_and_play(failures, source):
    packager = [interop.BUILD_ROOT / 'tests/examples/cmaf-packager',
                '--linger', '40', '--service-start', int(time.time())]
    with interop.running(packager, name='packager') as receiver:
        ingest = receiver.wait_for(r'^ingest (\S+)').group(1)
        page = receiver.wait_for(r'^page (\S+)').group(1)
        sink = ['httpingestsink', f'location={ingest}']
        with interop.running(encoder(source, *sink), name='encoder') as sender:
            play(failures, page)
            end_in_session(failures, page, sender)
        receiver.interrupt()
        failures.expect(receiver.wait() == 0, 'the packager failed')
        summary = receiver.wait_for('^summary .*').group(0)
        print(summary)
        failures.expect(' 0 gaps' in summary, summary)
        if failures:
            print(receiver.output())


def play_by_number(failures, source):
    """The DASH demuxers of GStreamer 1.22 add the start of a timeline to the
    place of a segment in it, and wait for the sum: they play live what has no
    timeline."""
    port = interop.free_port()
    base = f'http://127.0.0.1:{port}/live/live'
    sink = ['cmaforiginsink', f'port={port}', 'addressing=number']
    with interop.running(encoder(source, *sink), name='origin') as origin:
        wait_for_segments(failures, f'{base}/video/media.m3u8', 6)
        for demuxer in ('dashdemux2', 'dashdemux'):
            interop.check_playbin(failures, 'by number', f'{base}/stream.mpd',
                                  14, demuxer)
        interop.check_browser(
            failures, [f'dash={base}/stream.mpd', f'shaka={base}/stream.mpd'],
            interop.HERE, SECONDS)
        origin.interrupt()
        failures.expect(origin.wait() == 0, f'origin: {origin.output()}')


def main():
    failures = interop.Failures()
    interop.need('node', 'chromium')
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'cmaforiginsink')
    interop.npm_directory()
    source = interop.flash_and_beep(LENGTH)
    push_and_play(failures, source)
    play_by_number(failures, source)
    failures.finish()


if __name__ == '__main__':
    main()
