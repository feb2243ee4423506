#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""A file through cmafsyncmux into a directory with cmafdashsink and
cmafhlssink, played by everything that plays."""
import functools
import http.server
import sys
import threading

import interop

SECONDS = 30


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


def make(folder, failures):
    """One pipeline writes the media files once and both kinds of manifest."""
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'cmafhlssink')
    source = interop.flash_and_beep(SECONDS)
    done = interop.run([
        'gst-launch-1.0', '-q', 'filesrc', f'location={source}', '!',
        'qtdemux', 'name=d',
        'cmafdashsink', 'name=dash', f'location={folder}', 'manifest-type=static',
        'cmafhlssink', 'name=hls', f'location={folder}', 'manifest-type=static',
        'write-segments=false',
        'd.video_0', '!', 'h264parse', '!',
        'cmafsyncmux', 'track-name=video', 'timing-sources=fixed', '!',
        'tee', 'name=v', '!', 'queue', '!', 'dash.',
        'v.', '!', 'queue', '!', 'hls.',
        'd.audio_0', '!', 'aacparse', '!',
        'cmafsyncmux', 'track-name=audio', 'timing-sources=fixed', '!',
        'tee', 'name=a', '!', 'queue', '!', 'dash.',
        'a.', '!', 'queue', '!', 'hls.'])
    failures.expect(done.returncode == 0, f'gst-launch-1.0: {done.stdout}')


def main():
    failures = interop.Failures()
    with interop.scratch() as folder:
        if len(sys.argv) > 1:
            folder = sys.argv[1]  # a directory made by something else
        else:
            make(folder, failures)
        url = serve(folder)
        for name, demuxer in (('master.m3u8', 'hlsdemux2'),
                              ('stream.mpd', 'dashdemux2')):
            interop.check_ffmpeg(failures, name, f'{url}/{name}', SECONDS)
            interop.check_playbin(failures, name, f'{url}/{name}', 14, demuxer)
        interop.check_browser(
            failures, ['hls=MEDIA/master.m3u8', 'dash=MEDIA/stream.mpd',
                       'shaka=MEDIA/stream.mpd', 'shaka=MEDIA/master.m3u8'],
            folder, 10)
    failures.finish()


if __name__ == '__main__':
    main()
