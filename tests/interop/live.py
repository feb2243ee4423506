#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""One encoder pushes flashes and beeps to a packager; everything that plays
plays them live from the origin."""
import time
import urllib.request

import interop

LENGTH = 240  # of the content; more than all players together take
SECONDS = 10


def encoder(source, ingest):
    def track(name, convert, encode):
        return ['in.', '!', 'queue', '!', *convert.split(), '!', 'clocksync',
                '!', *encode.split(), '!', 'cmafsyncmux', f'track-name={name}',
                'chunk-duration=200000000', '!', 'queue', '!', 'out.']
    return ['gst-launch-1.0', '-e', 'uridecodebin', f'uri=file://{source}',
            'name=in', 'httpingestsink', 'name=out', f'location={ingest}',
            *track('video', 'videoconvert',
                   'x264enc tune=zerolatency speed-preset=ultrafast '
                   'bitrate=500 key-int-max=250 ! h264parse'),
            *track('audio', 'audioconvert ! audioresample',
                   'avenc_aac bitrate=96000 ! aacparse')]


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
    # dashdemux2 of GStreamer 1.22 takes a segment timeline that counts from
    # 1970 for twice as late and waits for ever; it plays the finished one, see
    # vod.py and senders.py
    interop.check_playbin(failures, 'master.m3u8', f'{base}/master.m3u8', 16,
                          'hlsdemux2')
    for name in ('master.m3u8', 'stream.mpd'):
        interop.check_ffmpeg(failures, name, f'{base}/{name}', SECONDS)


def main():
    failures = interop.Failures()
    interop.need('node', 'chromium')
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'cmaforiginsink')
    interop.npm_directory()
    source = interop.flash_and_beep(LENGTH)
    with interop.running([interop.BUILD_ROOT / 'tests/examples/cmaf-packager'],
                         name='packager') as packager:
        ingest = packager.wait_for(r'^ingest (\S+)').group(1)
        page = packager.wait_for(r'^page (\S+)').group(1)
        with interop.running(encoder(source, ingest), name='encoder') as sender:
            play(failures, page)
            sender.interrupt()
            failures.expect(sender.wait() == 0, f'encoder: {sender.output()}')
        failures.expect(packager.wait() == 0, 'the packager failed')
        summary = packager.wait_for('^summary .*').group(0)
        print(summary)
        failures.expect(' 0 gaps' in summary, summary)
        if failures:
            print(packager.output())
    failures.finish()


if __name__ == '__main__':
    main()
