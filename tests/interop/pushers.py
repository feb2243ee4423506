#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""FFmpeg pushes DASH and HLS in each of its ways; what was pushed plays from
where it was pushed to, and its tracks have become DASH of our own."""
import json
import re
import urllib.error
import urllib.request

import interop

SECONDS = 12
FRAMES = SECONDS * 25

DASH = ('-f', 'dash', '-seg_duration', '1.92')
HLS = ('-f', 'hls', '-hls_time', '1.92', '-hls_list_size', '0')
# path, manifest, options of FFmpeg, whether its tracks can be told apart
PUSHES = (
    ('dash', 'a/stream.mpd', DASH + ('-http_persistent', '1'), True),
    ('dash-close', 'stream.mpd', DASH, True),
    ('dash-ll', 'stream.mpd',
     DASH + ('-ldash', '1', '-streaming', '1', '-use_timeline', '0',
             '-http_persistent', '1'), True),
    ('hls', 'out.m3u8', HLS + ('-hls_segment_type', 'fmp4',
                               '-http_persistent', '1'), False),
    ('hls-ts', 'b/out.m3u8', HLS, False),
)


def receivers(port, folder, paths, has_tracks):
    """Those whose tracks come out have an end, which -e waits for."""
    command = ['gst-launch-1.0', '-m'] + ['-e'] * has_tracks
    for path in paths:
        command += ['httpingestsrc', f'name={path}', f'port={port}',
                    f'path=/{path}', f'objects-location={folder}/{path}']
        if has_tracks:
            command += [':', 'cmafdashsink', f'location={folder}/out-{path}']
    return interop.running(command)


def fetch(url):
    """Status and body."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode('utf-8', 'replace')
    except urllib.error.HTTPError as error:
        return error.code, ''


def count_packets(source):
    done = interop.run(
        ['ffprobe', '-v', 'quiet', '-count_packets', '-show_entries',
         'stream=codec_type,nb_read_packets', '-of', 'json', source])
    try:
        streams = json.loads(done.stdout)['streams']
    except (json.JSONDecodeError, KeyError):
        return {'error': done.stdout}
    return {stream['codec_type']: int(stream['nb_read_packets'])
            for stream in streams}


def push(failures, source, url, options):
    done = interop.run(['ffmpeg', '-v', 'error', '-re', '-i', source, '-c',
                        'copy', *options, '-method', 'PUT', url], 60)
    failures.expect(done.returncode == 0, f'{url}: {done.stdout}')


def check_push(failures, bases, source, case):
    path, manifest, options, has_tracks = case
    url = f'{bases[has_tracks]}/{path}/{manifest}'
    push(failures, source, url, options)
    packets = count_packets(url)
    failures.expect(packets.get('video') == FRAMES,
                    f'{path}: {packets}, needs {FRAMES} of video')
    failures.expect(packets.get('audio', 0) > SECONDS * 45,
                    f'{path}: {packets}')
    print(f'{path}: {packets}', flush=True)


def check_window(failures, base, source):
    """Segments that the sender deletes are gone, the others can be read."""
    url = f'{base}/window'
    push(failures, source, f'{url}/out.m3u8',
         ('-f', 'hls', '-hls_time', '1.92', '-hls_list_size', '2',
          '-hls_flags', 'delete_segments', '-hls_delete_threshold', '1'))
    status, playlist = fetch(f'{url}/out.m3u8')
    failures.expect(status == 200, f'playlist: {status}')
    names = re.findall(r'^(out\d+\.ts)$', playlist, re.M)
    failures.expect(len(names) == 2, playlist)
    for name in names:
        failures.expect(fetch(f'{url}/{name}')[0] == 200, f'{name} is away')
    failures.expect(fetch(f'{url}/out0.ts')[0] == 404, 'out0.ts is there')


def check_tracks(failures, folder, output):
    """Tracks are called as the Representations, and have all that was sent."""
    for path, *_, has_tracks in PUSHES:
        added = re.findall(rf'element "{path}" .*-track-added, '
                           r'track-name=\(string\)(\w+),', output)
        wanted = ['0', '1'] if has_tracks else []
        failures.expect(sorted(added) == wanted, f'{path}: tracks {added}')
        if has_tracks:
            packets = count_packets(folder / f'out-{path}/stream.mpd')
            failures.expect(packets.get('video') == FRAMES,
                            f'out-{path}: {packets}')


def main():
    failures = interop.Failures()
    interop.need('ffmpeg', 'ffprobe', 'gst-launch-1.0')
    interop.need_elements('httpingestsrc', 'cmafdashsink')
    source = interop.flash_and_beep(SECONDS)
    ports = interop.free_port(), interop.free_port()
    bases = [f'http://127.0.0.1:{port}' for port in ports]
    paths = [[path for path, *_, has in PUSHES if has == wanted]
             for wanted in (False, True)]
    with interop.scratch() as folder:
        with receivers(ports[0], folder, paths[0] + ['window'], False) as plain, \
                receivers(ports[1], folder, paths[1], True) as tracks:
            for receiver in plain, tracks:
                receiver.wait_for('Setting pipeline to PLAYING')
            interop.at_once(
                failures, (check_window, bases[0], source),
                *((check_push, bases, source, case) for case in PUSHES))
            for receiver in plain, tracks:
                receiver.interrupt()
                receiver.wait()
            output = plain.output() + tracks.output()
        check_tracks(failures, folder, output)
        if failures:
            print(output)
    failures.finish()


if __name__ == '__main__':
    main()
