#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""A file through cmafsyncmux into a directory with cmafdashsink and
cmafhlssink, played by everything that plays."""
import functools
import http.server
import json
import sys
import threading

import interop

SECONDS = 30
SEGMENT = 1.92
# 30 s of break out of the network at 5 s, event 7; in a track and in the video
BREAK = 5
SECTION = ('FC302100000000000000FFF01005000000077FEF7FFE002932E00001000000'
           '00C3BB51E9')
CUES = [(SEGMENT * k + 0.5, SEGMENT * k + 1.5, f'cue {k}') for k in range(15)]


def serve(folder):
    """A plain web server for a directory; returns its URL."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://127.0.0.1:{server.server_port}'


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {'.mpd': 'application/dash+xml', '.mp4': 'video/mp4',
                      '.m3u8': 'application/vnd.apple.mpegurl',
                      '.m4s': 'video/mp4', '': 'application/octet-stream'}

    def log_message(self, *args):  # pylint: disable=arguments-differ
        pass


def webvtt():
    def stamp(seconds):
        return f'00:{seconds:06.3f}'
    return 'WEBVTT\n\n' + ''.join(
        f'{stamp(start)} --> {stamp(end)}\n{text}\n\n' for start, end, text in CUES)


def make(folder, failures):
    """One pipeline writes the media files once and both kinds of manifest, with
    a break of SCTE 35 in the video, and text as WebVTT. hls.js plays only TTML
    in MP4, Shaka does over HLS, and playbin3 anything but that: a second
    presentation has it. The track of the break is not in the MPD, as
    playbin3 aborts at it."""
    interop.need_elements('cmafsyncmux', 'cmafeventsrc', 'cmafdashsink',
                          'cmafhlssink')
    source = interop.flash_and_beep(SECONDS)
    (folder / 'in.vtt').write_text(webvtt())

    def to(tee, *sinks):
        return [word for sink in sinks
                for word in (f'{tee}.', '!', 'queue', '!', f'{sink}.')]

    def text(tee, *settings):
        return ['x.', '!', 'queue', '!', 'cmafsyncmux', 'track-name=text',
                'timing-sources=fixed', *settings, '!', 'tee', f'name={tee}']
    done = interop.run([
        interop.BUILD_ROOT / 'tests/interop/launch-with-event',
        'urn:scte:scte35:2013:bin', '', '7', BREAK * 1000, '30000', SECTION,
        'filesrc', f'location={source}', '!',
        'qtdemux', 'name=d',
        'cmafdashsink', 'name=dash', f'location={folder}', 'manifest-type=static',
        'list-event-tracks=false',
        'cmafhlssink', 'name=hls', f'location={folder}', 'manifest-type=static',
        'write-segments=false',
        'cmafhlssink', 'name=ttml', f'location={folder}/ttml',
        'manifest-type=static',
        'd.video_0', '!', 'h264parse', '!',
        'cmafsyncmux', 'track-name=video', 'timing-sources=fixed',
        'events=in-band', '!', 'tee', 'name=v',
        *to('v', 'dash', 'hls', 'ttml'),
        'd.audio_0', '!', 'aacparse', '!',
        'cmafsyncmux', 'track-name=audio', 'timing-sources=fixed', '!',
        'tee', 'name=a', *to('a', 'dash', 'hls', 'ttml'),
        'cmafeventsrc', 'name=events', 'timing-sources=fixed', '!',
        'tee', 'name=e', *to('e', 'dash', 'hls'),
        'filesrc', f'location={folder}/in.vtt', '!',
        'application/x-subtitle-vtt', '!', 'tee', 'name=x',
        *text('w', 'language=en', 'role=caption'),
        *to('w', 'dash', 'hls'),
        *text('s', 'language=de', 'text-format=stpp'), *to('s', 'ttml')])
    failures.expect(done.returncode == 0, f'the pipeline: {done.stdout}')


def check_text(failures, case, seen):
    """What a browser showed was that text, at its time."""
    shown = {cue['text'].strip(): cue['at'] for cue in seen['cues']}
    good = [text for start, end, text in CUES if start <= shown.get(text, 0) <= end]

    failures.expect(len(good) >= 3, f'{case}: text {seen["cues"]}')
    print(f'{case}: {len(good)} of {len(shown)} texts at their time', flush=True)


def check_events(failures, case, seen):
    """It was told of the break, wherever it looks for that."""
    wanted = {'hls': {('playlist', f'scte35-7-{BREAK * 1000}')},
              'dash': {('MPD', '7'), ('media', '7')},
              'shaka': {('MPD', '7'), ('media', '7')}}[case.split('=')[0]]
    found = {(event['from'], event['id']) for event in seen['events']}

    failures.expect(wanted <= found, f'{case}: events {seen["events"]}')
    for event in seen['events']:
        failures.expect(abs(event['at'] - BREAK) < 0.05,
                        f'{case}: {event}, needs {BREAK} s')
        failures.expect(event.get('out', f'0x{SECTION}') == f'0x{SECTION}',
                        f'{case}: {event}')
    print(f'{case}: {len(seen["events"])} times told of the break', flush=True)


def check_samples(failures, url):
    """FFmpeg finds a sample where text comes and where it goes."""
    done = interop.run(['ffprobe', '-v', 'fatal', '-select_streams', 'd',
                        '-show_entries', 'packet=pts_time',
                        '-of', 'json', url])
    found = {round(float(packet['pts_time']), 3)
             for packet in json.loads(done.stdout or '{}').get('packets', [])}
    wanted = {round(at, 3) for start, end, _ in CUES for at in (start, end)}
    failures.expect(wanted <= found, f'ffprobe: {sorted(wanted - found)} missing')


def main():
    failures = interop.Failures()
    with interop.scratch() as folder:
        if len(sys.argv) > 1:
            folder = sys.argv[1]  # a directory made by something else
        else:
            make(folder, failures)
        url = serve(folder)
        ttml = 'ttml/' if len(sys.argv) == 1 else ''
        master, mpd = f'{url}/master.m3u8', f'{url}/stream.mpd'
        *_, seen = interop.at_once(
            failures,
            (interop.check_ffmpeg, 'HLS', master, SECONDS),
            (interop.check_ffmpeg, 'DASH', mpd, SECONDS),
            (interop.check_playbin, 'HLS', master, 14, 'hlsdemux2'),
            (interop.check_playbin, 'DASH', mpd, 14, 'dashdemux2'),
            (interop.check_browser,
             [f'hls=MEDIA/{ttml}master.m3u8', 'dash=MEDIA/stream.mpd',
              'shaka=MEDIA/stream.mpd', f'shaka=MEDIA/{ttml}master.m3u8'],
             10, folder))
        if len(sys.argv) == 1:
            check_samples(failures, mpd)
            for case, result in seen.items():
                check_text(failures, case, result)
                if 'ttml' not in case or 'hls=' in case:
                    check_events(failures, case, result)
    failures.finish()


if __name__ == '__main__':
    main()
