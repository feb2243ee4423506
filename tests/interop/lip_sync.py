#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Lip sync, for every audio encoder that is installed: a frame that flashes and
a click at the same instant of every second go through the whole chain, aligned,
encoded and muxed; FFmpeg decodes header and segments as they are, and the click
has to be where the flash is. Prints the table of docs/sync.md."""
import array
import json
import math
import subprocess
import wave
from fractions import Fraction

import interop

SECONDS = 14
RATE = 48000
FPS = 25
WIDTH, HEIGHT = 64, 48
NEW_YEAR = 1735689600
FIXED = f'timing-sources=fixed fixed-origin={NEW_YEAR * 10**9}'
MAX_MS = 2
CLICK = [round(16000 * math.sin(math.pi * (i + 0.5) / 192) ** 2
               * math.sin(2 * math.pi * 2000 * i / RATE)) for i in range(192)]
CENTRE = (sum(i * x * x for i, x in enumerate(CLICK)) / sum(x * x for x in CLICK))

# elements, samples in an access unit
ENCODERS = [
    ('avenc_aac bitrate=128000 ! aacparse', 1024),
    ('voaacenc bitrate=128000 ! aacparse', 1024),
    ('fdkaacenc bitrate=128000 ! aacparse', 1024),
    ('avenc_ac3 ! ac3parse', 1536),
    ('avenc_ac3_fixed ! ac3parse', 1536),
    ('avenc_eac3 ! ac3parse', 1536),
    ('opusenc bitrate=128000 ! opusparse', 960),
    ('opusenc bitrate=128000 frame-size=10 ! opusparse', 480),
    ('opusenc bitrate=128000 audio-type=restricted-lowdelay ! opusparse', 960),
    ('flacenc ! flacparse', 4608),
]
UNALIGNED = ('avenc_aac bitrate=128000 ! aacparse', 1024)


def write_source(folder):
    """A white frame and a click at every whole second."""
    white, black = (bytes([luma]) * (WIDTH * HEIGHT) + bytes([128]) * (WIDTH * HEIGHT // 2)
                    for luma in (235, 16))
    with open(folder / 'flash.yuv', 'wb') as file:
        for frame in range(SECONDS * FPS):
            file.write(black if frame % FPS else white)
    second = array.array('h', CLICK + [0] * (RATE - len(CLICK)))
    with wave.open(str(folder / 'click.wav'), 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(second.tobytes() * SECONDS)


def encode(failures, folder, encoder, align, b_frames=0):
    done = interop.run(
        f'gst-launch-1.0 -q filesrc location={folder}/flash.yuv ! rawvideoparse format=i420 '
        f'width={WIDTH} height={HEIGHT} framerate={FPS}/1 ! cmafvideoalign {FIXED} ! '
        f'x264enc bframes={b_frames} ! h264parse ! cmafsyncmux {FIXED} ! filesink location={folder}/video.mp4 '
        f'filesrc location={folder}/click.wav ! wavparse ! audioconvert ! {align} '
        f'audioconvert ! {encoder} ! cmafsyncmux {FIXED} ! '
        f'filesink location={folder}/audio.mp4'.split(), 120)
    failures.expect(done.returncode == 0, f'{encoder}: gst-launch-1.0: {done.stdout}')
    return done.returncode == 0


def probe(path, kind):
    """When each decoded frame is played, in seconds since 1970, and its samples."""
    done = subprocess.run(
        ['ffprobe', '-v', 'error', '-select_streams', kind, '-show_entries',
         'stream=time_base:frame=pts,nb_samples', '-of', 'json', path],
        check=True, capture_output=True)
    found = json.loads(done.stdout)
    unit = Fraction(found['streams'][0]['time_base'])
    return [(frame['pts'] * unit, frame.get('nb_samples')) for frame in found['frames']]


def decode(path, *output):
    return subprocess.run(['ffmpeg', '-v', 'error', '-i', path, *output, '-'],
                          check=True, capture_output=True).stdout


def flashes(path):
    pixels = WIDTH * HEIGHT
    raw = decode(path, '-f', 'rawvideo', '-pix_fmt', 'gray', '-fps_mode', 'passthrough')
    times = [time for time, _ in probe(path, 'v')]
    assert len(raw) == pixels * len(times)
    return [time for i, time in enumerate(times) if raw[i * pixels + pixels // 2] > 128]


def clicks(path):
    """The centre of energy of each, less that of the click itself."""
    raw = array.array('h', decode(path, '-f', 's16le', '-ac', '1'))
    frames = probe(path, 'a')
    times = []
    assert len(raw) == sum(n for _, n in frames)
    at = 0
    for time, n in frames:
        times.append((at, time))
        at += n
    result, index = [], 0
    while index < len(raw):
        if abs(raw[index]) < 4000:
            index += 1
            continue
        first = max(0, index - 1000)
        near = raw[first:index + 1000]
        energy = sum(x * x for x in near)
        centre = first + sum(i * x * x for i, x in enumerate(near)) / energy - CENTRE
        start, time = max(t for t in times if t[0] <= max(centre, 0))
        result.append(time + Fraction(round((centre - start) * 1000), 1000 * RATE))
        index += RATE // 2
    return result


def measure(folder):
    """ms by which each click is behind its flash"""
    heard = clicks(str(folder / 'audio.mp4'))
    offsets = [float(min((click - flash for click in heard), key=abs) * 1000)
               for flash in flashes(str(folder / 'video.mp4'))]
    return [offset for offset in offsets if abs(offset) < 500]


def one(failures, root, case, align='cmafaudioalign ' + FIXED + ' !'):
    encoder, samples = case
    if not encode(failures, root, encoder, align):
        return
    offsets = measure(root)
    failures.expect(len(offsets) >= 8, f'{encoder}: {len(offsets)} clicks')
    worst = max(offsets, key=abs) if offsets else math.inf
    unit = 1000 * samples / RATE
    name = encoder.partition(' ! ')[0] + ('' if align else ', without cmafaudioalign')
    print(f'| `{name}` | {samples} | {unit / 2:.1f} ms | {abs(worst):.3f} ms |', flush=True)
    if align:
        failures.expect(abs(worst) < min(MAX_MS, unit / 2), f'{encoder}: {worst:.2f} ms')


def reordered(failures, root):
    """Where FFmpeg shows pictures that were reordered: the segments say it right."""
    if encode(failures, root, UNALIGNED[0], '', b_frames=2):
        late = {round(1000 * (time % 1)) for time in flashes(str(root / 'video.mp4'))}
        print(f'flashes of x264enc bframes=2, by FFmpeg: {sorted(late)} ms late')


def main():
    failures = interop.Failures()
    interop.need('ffmpeg', 'ffprobe')
    interop.need_elements('cmafsyncmux', 'cmafaudioalign', 'cmafvideoalign', 'x264enc')
    print('| encoder | samples in a unit | half a unit | offset, at most |\n|---|---|---|---|')
    with interop.scratch() as root:
        write_source(root)
        for case in ENCODERS:
            name = case[0].split()[0]
            if subprocess.run(['gst-inspect-1.0', '--exists', name], check=False).returncode:
                print(f'no element {name}')
                continue
            one(failures, root, case)
        one(failures, root, UNALIGNED, '')
        reordered(failures, root)
    failures.finish()


if __name__ == '__main__':
    main()
