#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Every kind of MPD that cmafdashsink writes is valid by the schema of
ISO/IEC 23009-1. Says SKIP where the schema is not installed."""
import os
import pathlib
import sys

ROOT = pathlib.Path(os.environ.get('CMAF_SOURCE_ROOT',
                                   pathlib.Path(__file__).parents[2]))
sys.path.insert(0, str(ROOT / 'tests/interop'))
import interop  # noqa: E402 pylint: disable=wrong-import-position

SCHEMA = ROOT.parent / 'shared/conformance'
KINDS = [[], ['manifest-type=static'], ['addressing=timeline-time'],
         ['addressing=number', 'low-latency=true'],
         ['window-length=4000000000', 'presentation-id=show', 'number-offset=1',
          'delivery-url=https://cdn.example/show'],
         ['leap-offset=-1', 'next-leap-time=1893456000000000000']]
VTT = 'WEBVTT\n\n00:01.000 --> 00:04.000\nHello\n'
TTML = ('<tt xmlns="http://www.w3.org/ns/ttml"><body><div>'
        '<p begin="1s" end="4s">Salut</p></div></body></tt>')


def make(folder, kind):
    def track(source, name, *settings):
        return [*source.split(), '!', 'cmafsyncmux', f'track-name={name}',
                'timing-sources=fixed', 'chunk-duration=200000000', *settings,
                '!', 'queue', '!', 'out.']

    def text(kind, content, *settings):
        path = folder / f'{kind}.txt'
        path.write_text(content)
        return track(f'filesrc location={path} ! application/{kind}',
                     kind, *settings)
    return interop.run(
        ['gst-launch-1.0', '-q', 'cmafdashsink', 'name=out',
         f'location={folder}', *kind,
         *track('videotestsrc num-buffers=300 ! '
                'video/x-raw,width=64,height=64,framerate=25/1 ! '
                'x264enc speed-preset=ultrafast ! h264parse', 'video'),
         *track('audiotestsrc num-buffers=560 samplesperbuffer=1024 ! '
                'audio/x-raw,rate=48000 ! avenc_aac ! aacparse', 'audio'),
         *text('x-subtitle-vtt', VTT, 'language=en-GB', 'role=caption'),
         *text('ttml+xml', TTML, 'language=fr', 'role=subtitle')])


def check(failures, kind, mpd, environment):
    done = interop.run(['xmllint', '--nonet', '--noout', '--schema',
                        SCHEMA / 'DASH-MPD.xsd', mpd], env=environment)
    failures.expect(done.returncode == 0, f'{kind}: {done.stdout}')


def check_events(failures, mpd, environment):
    """The one that the unit test looks at."""
    done = interop.run(
        [interop.BUILD_ROOT / 'tests/check/libs/cmaf/libs-cmaf-manifest-events'],
        env=dict(os.environ, CMAF_KEEP_MPD=str(mpd)))
    failures.expect(done.returncode == 0, done.stdout)
    check(failures, 'events', mpd, environment)


def main():
    failures = interop.Failures()
    interop.need('xmllint', 'gst-launch-1.0')
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'x264enc')
    if not (SCHEMA / 'DASH-MPD.xsd').exists():
        interop.skip('DASH-MPD.xsd is not there')
    environment = dict(os.environ, XML_CATALOG_FILES=str(SCHEMA / 'catalog.xml'))
    for kind in KINDS:
        with interop.scratch() as folder:
            done = make(folder, kind)
            failures.expect(done.returncode == 0, f'{kind}: {done.stdout}')
            check(failures, kind, folder / 'stream.mpd', environment)
    with interop.scratch() as folder:
        check_events(failures, folder / 'events.mpd', environment)
    failures.finish()


if __name__ == '__main__':
    main()
