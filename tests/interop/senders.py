#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""FFmpeg pushes video, GStreamer pushes audio, to one packager; nginx serves
what it wrote, and both halves are in sync."""
import interop
import presentation

SECONDS = 20


def ffmpeg_sender(source, ingest):
    """One long POST of fragments, in real time."""
    return ['ffmpeg', '-v', 'warning', '-re', '-i', source, '-map', '0:v',
            '-c', 'copy', '-f', 'mp4', '-movflags',
            'cmaf+frag_keyframe+empty_moov+default_base_moof',
            '-frag_duration', '1920000', '-method', 'POST',
            f'{ingest}/Streams(video.cmfv)']


def gst_sender(source, ingest):
    return ['gst-launch-1.0', '-e', 'filesrc', f'location={source}', '!',
            'qtdemux', '!', 'aacparse', '!', 'clocksync', '!', 'cmafsyncmux',
            'track-name=audio', 'timing-sources=fixed', '!', 'httpingestsink',
            f'location={ingest}']


def push(failures, media):
    source = interop.flash_and_beep(SECONDS)
    packager = [interop.BUILD_ROOT / 'tests/examples/cmaf-packager',
                '--window', '0', '--directory', media]
    with interop.running(packager, name='packager') as receiver:
        ingest = receiver.wait_for(r'^ingest (\S+)').group(1)
        with interop.running(ffmpeg_sender(source, ingest)) as ffmpeg, \
                interop.running(gst_sender(source, ingest)) as gst:
            for sender in (ffmpeg, gst):
                status = sender.wait(SECONDS + 30)
                failures.expect(status == 0,
                                f'{sender.name}: {status}: {sender.output()}')
        failures.expect(receiver.wait(60) == 0, 'the packager failed')
        summary = receiver.wait_for('^summary .*').group(0)
        failures.expect(' 0 gaps' in summary, summary)
        print(summary)
        if failures:
            print(receiver.output())


def check_nginx(failures, folder, media):
    with interop.nginx(folder, media) as url:
        master, mpd = f'{url}/master.m3u8', f'{url}/stream.mpd'
        interop.at_once(
            failures,
            (interop.check_ffmpeg, 'nginx HLS', master, SECONDS - 2),
            (interop.check_ffmpeg, 'nginx DASH', mpd, SECONDS - 2),
            (interop.check_playbin, 'nginx HLS', master, 14, 'hlsdemux2'),
            (interop.check_playbin, 'nginx DASH', mpd, 14, 'dashdemux2'))


def main():
    failures = interop.Failures()
    interop.need('ffmpeg', '/usr/sbin/nginx')
    interop.need_elements('cmafsyncmux', 'httpingestsink', 'httpingestsrc',
                          'cmafdashsink', 'cmafhlssink', 'cmaforiginsink')
    with interop.scratch() as folder:
        media = folder / 'media'
        media.mkdir()
        folder.chmod(0o755)
        push(failures, media)
        print(presentation.check_mpd(failures, media))
        print(presentation.check_hls(failures, media))
        check_nginx(failures, folder, media)
    failures.finish()


if __name__ == '__main__':
    main()
