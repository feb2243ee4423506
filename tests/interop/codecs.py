#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Codecs beyond H.264 and AAC from the encoder to players: they play, and read
in the manifests what the encoder was told."""
import interop

SECONDS = 12  # whole units of every codec, FLAC's too
PLAY = 6
HDR = 'videoconvert ! video/x-raw,format=I420_10LE,colorimetry=bt2100-pq'

# name, elements, pictures, sound, what players read of the pictures, the sound
PRESENTATIONS = [
    ('av1-opus', ['av1enc', 'av1parse', 'opusenc', 'opusparse'],
     'av1enc cpu-used=8 usage-profile=realtime threads=2 keyframe-max-dist=48 ! av1parse',
     'opusenc ! opusparse', {'codec': 'av01.0'}, {'codec': 'opus', 'channels': '1'}),
    ('vp9-hdr10-aac', ['vp9enc', 'vp9parse', 'avenc_aac', 'aacparse'],
     f'{HDR} ! vp9enc deadline=1 cpu-used=8 threads=2 lag-in-frames=0 ! vp9parse',
     'avenc_aac ! aacparse', {'codec': 'vp09.02', 'range': 'PQ'},
     {'codec': 'mp4a.40.2', 'channels': '1'}),
    ('vp9-flac', ['vp9enc', 'vp9parse', 'flacenc', 'flacparse'],
     'vp9enc deadline=1 cpu-used=8 threads=2 lag-in-frames=0 ! vp9parse',
     'flacenc ! flacparse', {'codec': 'vp09.00'}, {'codec': 'flac', 'channels': '1'}),
]


def make(failures, folder, pictures, sound):
    folder.mkdir()
    source = interop.flash_and_beep(SECONDS)
    done = interop.run(
        ['gst-launch-1.0', '-q', 'filesrc', f'location={source}', '!', 'qtdemux', 'name=d',
         'cmafdashsink', 'name=dash', f'location={folder}', 'manifest-type=static',
         'cmafhlssink', 'name=hls', f'location={folder}', 'manifest-type=static',
         'write-segments=false',
         'd.video_0', '!', 'queue', '!', 'h264parse', '!', 'avdec_h264', '!', 'videoconvert', '!',
         'videoscale', '!', 'video/x-raw,width=320,height=180', '!',
         *pictures.split(), '!',
         'cmafsyncmux', 'track-name=video', 'timing-sources=fixed', '!',
         'tee', 'name=v', '!', 'queue', '!', 'dash.', 'v.', '!', 'queue', '!', 'hls.',
         'd.audio_0', '!', 'queue', 'max-size-time=0', 'max-size-bytes=0', 'max-size-buffers=0',
         '!', 'aacparse', '!', 'avdec_aac', '!', 'audioconvert', '!', 'audioresample', '!',
         *sound.split(), '!',
         'cmafsyncmux', 'track-name=audio', 'timing-sources=fixed', '!',
         'tee', 'name=a', '!', 'queue', '!', 'dash.', 'a.', '!', 'queue', '!', 'hls.'], 300)
    failures.expect(
        done.returncode == 0, f'{folder.name}: gst-launch-1.0: {done.stdout}')


def check_tracks(failures, case, found, wanted):
    """What a player read of one kind of track; a player may not tell everything."""
    failures.expect(found, f'{case}: no track')
    for track in found:
        for key, value in wanted.items():
            if key not in track or track[key] is None:
                continue
            text = str(track[key]).lower()
            failures.expect(value.lower() in text,
                            f'{case}: {key} is {text}, not {value}')


def one(failures, root, presentation):
    name, _, pictures, sound, wanted_video, wanted_audio = presentation
    make(failures, root / name, pictures, sound)
    seen = interop.check_browser(
        failures,
        [f'hls=MEDIA/{name}/master.m3u8', f'dash=MEDIA/{name}/stream.mpd',
         f'shaka=MEDIA/{name}/stream.mpd', f'shaka=MEDIA/{name}/master.m3u8'],
        PLAY, root)
    for case, what in seen.items():
        videos = what['tracks'].get('videos', [])
        check_tracks(failures, case, videos, wanted_video)
        check_tracks(failures, case, what['tracks'].get('audios', []), wanted_audio)
        # dash.js does not tell the dynamic range
        if wanted_video.get('range') and not case.startswith('dash'):
            ranges = [track.get('range') for track in videos]
            failures.expect(wanted_video['range'] in ranges,
                            f'{case}: dynamic range {ranges}')


def main():
    failures = interop.Failures()
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'cmafhlssink', 'avdec_h264', 'avdec_aac')
    with interop.scratch() as root:
        for presentation in PRESENTATIONS:
            interop.need_elements(*presentation[1])
            one(failures, root, presentation)
    failures.finish()


if __name__ == '__main__':
    main()
