#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""The built-in page plays what two encoders send: one is killed, the picture
goes on; the other ends, the page says so. `page.py PREFIX` makes pictures."""
import json
import sys

import interop

FPS = 25


def encoder(name, ingest):
    def track(kind, source, encode):
        return [*source.split(), '!', *encode.split(), '!', 'cmafsyncmux',
                f'track-name={kind}', 'chunk-duration=200000000', '!', 'queue',
                '!', 'out.']
    return ['gst-launch-1.0', '-e', 'httpingestsink', 'name=out',
            f'location={ingest}', f'encoder-name={name}',
            *track('video', 'videotestsrc is-live=true pattern=ball ! video/'
                   'x-raw,format=I420,width=640,height=360,framerate=25/1',
                   'x264enc tune=zerolatency speed-preset=ultrafast '
                   'bitrate=500 key-int-max=250 ! h264parse'),
            *track('audio', 'audiotestsrc is-live=true volume=0.1 ! '
                   'audio/x-raw,rate=48000,channels=2',
                   'avenc_aac bitrate=96000 ! aacparse')]


def check_playing(failures, what, seen):
    wanted = FPS * seen['seconds']
    failures.expect(seen['state'] == 'live' and seen['badge'] == 'LIVE',
                    f'{what}: the page says {seen["badge"]}')
    failures.expect(seen['played'] > 0.85 * seen['seconds'],
                    f'{what}: {seen["played"]} s played')
    failures.expect(seen['newFrames'] > 0.8 * wanted,
                    f'{what}: {seen["newFrames"]} of {wanted} frames decoded')
    failures.expect(seen['newPresented'] > 0.5 * wanted,
                    f'{what}: {seen["newPresented"]} frames presented')
    failures.expect(seen['audioBytes'] > 0, f'{what}: no audio decoded')
    failures.expect(0 < (seen['latencyMs'] or 0) < 5000,
                    f'{what}: latency {seen["latencyMs"]} ms')


def check(failures, result):
    for error in result['errors']:
        failures.add(error)
    check_playing(failures, 'with both', result['before'])
    check_playing(failures, 'with one', result['after'])
    switched = result['switched']
    failures.expect(switched['played'] > switched['seconds'] - 1
                    and switched['stalls'] == 0,
                    f'when one was killed: {switched}')
    phone = result['phone']
    failures.expect(not phone['scrolls'], 'it is wider than a phone')
    failures.expect(phone['newFrames'] > 0, 'nothing plays on a phone')
    native = result['native']
    failures.expect(native['engine'] == 'HLS' and native['newFrames'] > 0,
                    f'without MediaSource: {native}')
    failures.expect(set(native['source'].split(' + ')) <= {'A', 'B'},
                    f'without MediaSource the encoder is {native["source"]}')
    failures.expect(result['absent'] == 'There is no such channel.',
                    f'no channel: the page says "{result["absent"]}"')
    volume = result['volume']
    failures.expect(not volume['on']['muted'], 'tap for sound did nothing')
    failures.expect(abs(volume['low']['volume'] - 0.4) < 0.01,
                    f'volume is {volume["low"]["volume"]}')
    failures.expect(volume['off']['muted'], 'mute did nothing')
    failures.expect(result['end']['badge'] == 'ENDED',
                    f'at the end the page says {result["end"]["badge"]}')


def main():
    failures = interop.Failures()
    interop.need('node', 'chromium')
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'cmaforiginsink')
    npm = interop.npm_directory()
    pictures = ['--screenshot', *sys.argv[1:]] if sys.argv[1:] else []
    with interop.running([interop.BUILD_ROOT / 'tests/examples/cmaf-packager'],
                         name='packager') as packager:
        ingest = packager.wait_for(r'^ingest (\S+)').group(1)
        page = packager.wait_for(r'^page (\S+)').group(1)
        with interop.running(encoder('A', ingest), name='A') as a, \
                interop.running(encoder('B', ingest), name='B') as b, \
                interop.running(['node', interop.HERE / 'page.mjs', '--npm',
                                 npm, *pictures, page], name='page') as viewer:
            name = viewer.wait_for('^kill ([AB])', 180).group(1)
            killed, left = (a, b) if name == 'A' else (b, a)
            killed.kill()
            viewer.wait_for('^end', 60)
            left.interrupt()
            result = viewer.wait_for('^result (.*)', 60).group(1)
        print(result)
        check(failures, json.loads(result))
        if failures:
            print(packager.output())
    failures.finish()


if __name__ == '__main__':
    main()
