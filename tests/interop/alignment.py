#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Muxers that never talked to each other cut, number and stamp alike.

The rule (docs/sync.md) is stated here once more, in fractions and without the
library; files of two minutes, pieces of them, encoders with other settings and
all frame rates are held against it and against each other. cmaf-dump reads
what was written."""
import concurrent.futures
import dataclasses
import os
import re
from fractions import Fraction
from math import ceil, floor

import interop

SECONDS = 120
EPOCH = 1735689600  # 2025-01-01: numbers and decode times of real size
DUMP = interop.BUILD_ROOT / 'tools' / 'cmaf-dump'
AAC_44, AAC_48 = (44100, 1024), (48000, 1024)

# frame rate -> segment duration, timescale and ticks of a frame
RATES = {
    Fraction(24): (Fraction(2), 90000, 3750),
    Fraction(25): (Fraction(48, 25), 90000, 3600),
    Fraction(30): (Fraction(8, 5), 90000, 3000),
    Fraction(50): (Fraction(48, 25), 90000, 1800),
    Fraction(60): (Fraction(8, 5), 90000, 1500),
    Fraction(24000, 1001): (Fraction(1001, 500), 24000, 1001),
    Fraction(30000, 1001): (Fraction(1001, 500), 30000, 1001),
    Fraction(60000, 1001): (Fraction(1001, 500), 60000, 1001),
}


# ---- the rule ----

def nearest(x):
    return floor(Fraction(x) + Fraction(1, 2))


def first_unit(number, duration, timescale, ticks):
    return ceil(number * duration * timescale / ticks)


def expected_segment(number, duration, timescale, ticks):
    """(tfdt, samples, duration in ticks)"""
    first = first_unit(number, duration, timescale, ticks)
    after = first_unit(number + 1, duration, timescale, ticks)
    return first * ticks, after - first, (after - first) * ticks


def first_number(unit, duration, timescale, ticks):
    """Of the first segment that is whole when a stream starts with @unit."""
    number = floor(unit * ticks / Fraction(timescale) / duration)
    while first_unit(number, duration, timescale, ticks) < unit:
        number += 1
    return number


def origin_of(unit, timescale, ticks):
    """Its time in ns, as a person would type it."""
    return nearest(unit * ticks * Fraction(10**9, timescale))


# ---- what was written ----

@dataclasses.dataclass(frozen=True)
class Segment:
    tfdt: int
    samples: int
    duration: int


class Track:
    """What cmaf-dump says of files of one track."""

    def __init__(self, files, duration):
        done = interop.run([
            DUMP, '--segments', f'--segment-duration={duration.numerator}/'
            f'{duration.denominator}', *files])
        if done.returncode or 'header' not in done.stdout:
            raise RuntimeError(f'{files[0]}: {done.stdout}')
        self.duration = duration
        self.timescale = int(re.search(r'timescale=(\d+)', done.stdout)[1])
        self.headers = done.stdout.count('header ')
        self.odd = [line for line in done.stdout.splitlines()
                    if re.search(r'(gap|overlap)=|sap=[^1]', line)]
        self.segments = {
            int(number): Segment(int(tfdt), int(samples), int(ticks))
            for number, tfdt, ticks, samples in re.findall(
                r'^segment (\d+) tfdt=(\d+) duration=(\d+) .*?samples=(\d+)',
                done.stdout, re.M)}

    def check(self, failures, name, timescale, ticks, unit=None, units=None):
        """By the rule. @unit: the first that went in; @units: how many."""
        numbers = list(self.segments)
        failures.expect(self.timescale == timescale,
                        f'{name}: timescale {self.timescale}, not {timescale}')
        failures.expect(self.headers == 1, f'{name}: {self.headers} headers')
        failures.expect(not self.odd, f'{name}: {self.odd[:2]}')
        if not failures.expect(len(numbers) > 1, f'{name}: segments {numbers}'):
            return
        failures.expect(
            numbers == list(range(numbers[0], numbers[-1] + 1)),
            f'{name}: numbers {numbers[:4]} ... {numbers[-1]}')
        for number, segment in self.segments.items():
            tfdt, samples, duration = expected_segment(
                number, self.duration, timescale, ticks)
            if number == numbers[-1] and segment.samples <= samples:
                # the end of the stream
                samples, duration = segment.samples, segment.samples * ticks
            failures.expect(
                segment == Segment(tfdt, samples, duration),
                f'{name}: {number} is {segment}, not {tfdt, samples, duration}')
        if unit is not None:
            first = first_number(unit, self.duration, timescale, ticks)
            failures.expect(numbers[0] == first,
                            f'{name}: starts with {numbers[0]}, not {first}')
        if units is not None:
            skipped = first_unit(first, self.duration, timescale, ticks) - unit
            written = sum(s.samples for s in self.segments.values())
            failures.expect(written == units - skipped, f'{name}: {written} '
                            f'samples, not {units} less {skipped}')


def compare(failures, name, one, other, least):
    """Common segments are equal, but for the last, which may be cut short."""
    last = min(max(one.segments), max(other.segments))
    common = [number for number in one.segments
              if number in other.segments and number != last]
    failures.expect(len(common) >= least, f'{name}: {len(common)} common segments')
    for number in common:
        failures.expect(
            one.segments[number] == other.segments[number],
            f'{name}: {number} is {one.segments[number]} and '
            f'{other.segments[number]}')
    print(f'{name}: {len(common)} common segments', flush=True)


# ---- content ----

def content(rate, gop=None, seconds=SECONDS):
    """A cached file: H.264 with 3 B-frames in closed GOPs, AAC at 48 and at
    44.1 kHz."""
    gop = gop or int(RATES[rate][0] * rate)
    folder = interop.BUILD_ROOT / 'test-content'
    text = f'{rate.numerator}/{rate.denominator}'
    path = folder / f'align-{text.replace("/", "-")}-{gop}-{seconds}.mp4'
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f'.{os.getpid()}.part.mp4')
    done = interop.run(
        ['ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i',
         f'testsrc2=s=160x90:r={text}', '-f', 'lavfi', '-i',
         'sine=frequency=440:beep_factor=4:sample_rate=48000', '-f', 'lavfi',
         '-i', 'sine=frequency=550:beep_factor=4:sample_rate=44100', '-t',
         seconds, '-map', '0:v', '-map', '1:a', '-map', '2:a', '-c:v',
         'libx264', '-preset', 'ultrafast', '-bf', '3', '-b_strategy', '0',
         '-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-c:a', 'aac',
         '-b:a', '48k', part], 300)
    if done.returncode:
        raise RuntimeError(done.stdout)
    part.rename(path)
    return path


def count_frames(path):
    done = interop.run(['ffprobe', '-v', 'error', '-select_streams', 'v',
                        '-show_entries', 'stream=nb_frames', '-of',
                        'csv=p=0', path])
    return int(done.stdout)


def cut(source, frame, rate, path, *options):
    """The rest of @source from a frame on."""
    done = interop.run(['ffmpeg', '-v', 'error', '-y', '-ss',
                        f'{float(frame / rate):.6f}', '-i', source, '-map', '0',
                        *options, path], 300)
    if done.returncode:
        raise RuntimeError(done.stdout)
    return path


# ---- pipelines ----

def launch(*words):
    done = interop.run(['gst-launch-1.0', '-q', *words], 200)
    if done.returncode or 'WARNING' in done.stdout:
        raise RuntimeError(f'{words}: {done.stdout}')


# an encoder that looks ahead must not starve: one track may wait for another
QUEUE = ['queue', 'max-size-time=0', 'max-size-buffers=0', '!']


def mux(name, origin, *options):
    return ['cmafsyncmux', f'track-name={name}', 'timing-sources=fixed',
            f'fixed-origin={origin}', *options, '!']


def mux_file(source, origin, folder, *encoder):
    """Into a file for each track; returns their paths."""
    folder.mkdir(exist_ok=True)
    files = [folder / name for name in ('video', 'audio-48', 'audio-44')]
    words = ['filesrc', f'location={source}', '!', 'qtdemux', 'name=in',
             'in.video_0', '!', *QUEUE, *encoder, 'h264parse', '!',
             *mux('video', origin), 'filesink', f'location={files[0]}']
    for i in (0, 1):
        words += [f'in.audio_{i}', '!', *QUEUE, 'aacparse', '!',
                  *mux(f'audio-{i}', origin), 'filesink',
                  f'location={files[i + 1]}']
    launch(*words)
    return files


def package_file(source, origin, folder):
    """Into a directory as DASH."""
    words = ['filesrc', f'location={source}', '!', 'qtdemux', 'name=in',
             'cmafdashsink', 'name=out', f'location={folder}',
             'manifest-type=static',
             'in.video_0', '!', *QUEUE, 'h264parse', '!',
             *mux('video', origin), 'queue', '!', 'out.']
    for i, name in enumerate(('audio-48', 'audio-44')):
        words += [f'in.audio_{i}', '!', *QUEUE, 'aacparse', '!',
                  *mux(name, origin), 'queue', '!', 'out.']
    launch(*words)
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob('*')) if path.is_file()}


def reencode(b_frames):
    return ['avdec_h264', '!', 'x264enc', 'speed-preset=ultrafast',
            'rc-lookahead=0', 'key-int-max=1000', f'bframes={b_frames}',
            'b-adapt=false', '!']


# ---- the cases ----

def numbered(tree):
    return {name: data for name, data in tree.items()
            if name.endswith('.m4s')}


def same_file_twice(failures, folder):
    """Twice the same, then from two key frames that lie on no boundary: every
    byte of a segment that both have is the same."""
    rate, gop = Fraction(25), 24
    duration, timescale, ticks = RATES[rate]
    source = content(rate, gop)
    unit = first_unit(floor(EPOCH / duration) + 1, duration, timescale, ticks)

    def package(name, path, frame):
        return package_file(path, origin_of(unit + frame, timescale, ticks),
                            folder / name)

    first = package('first', source, 0)
    second = package('second', source, 0)
    failures.expect(list(first) == list(second), 'twice: other names')
    for name, data in first.items():
        failures.expect(second.get(name) == data, f'twice: {name} differs')
    segments = numbered(first)
    ends = {max(name for name in segments if name.startswith(track))
            for track in ('video/', 'audio-48/', 'audio-44/')}
    failures.expect(len(segments) >= 180, f'twice: {len(segments)} segments')
    print(f'twice: {len(first)} files, {len(segments)} segments, '
          f'{sum(map(len, first.values()))} bytes', flush=True)
    for frame in (24 * 3, 24 * 41):
        path = cut(source, frame, rate, folder / f'cut-{frame}.mp4', '-c', 'copy')
        piece = package(f'from-{frame}', path, frame)
        headers = [name for name in piece if 'init' in name]
        common = [name for name in numbered(piece) if name in segments]
        # where it ends is for the demuxer to say, by an edit list in ms
        differ = [name for name in common + headers if name not in ends
                  and piece[name] != first.get(name)]
        failures.expect(len(headers) == 3, f'from {frame}: headers {headers}')
        failures.expect(len(common) >= 120 and len(common) == len(numbered(piece)),
                        f'from {frame}: {len(common)} common segments')
        failures.expect(not differ, f'from {frame}: {differ} differ')
        print(f'from frame {frame}: {len(common)} common segments, '
              f'{len(differ)} differ', flush=True)


def encoders_that_differ(failures, folder):
    """0 and 3 B-frames, and one that starts at a frame that is no key frame and
    no boundary."""
    rate = Fraction(25)
    duration, timescale, ticks = RATES[rate]
    source = content(rate)
    frame = 37
    # far enough in front of a boundary for an encoder that looks ahead
    unit = first_unit(floor(EPOCH / duration), duration, timescale, ticks) + 20
    # lossless, so that another encoder can start there
    piece = cut(source, frame, rate, folder / 'piece.mp4', '-c:v', 'libx264',
                '-preset', 'ultrafast', '-qp', '0', '-c:a', 'aac')
    tracks = {}
    for name, path, first, b_frames in (('0 B-frames', source, 0, 0),
                                        ('3 B-frames', source, 0, 3),
                                        ('from frame 37', piece, frame, 3)):
        files = mux_file(path, origin_of(unit + first, timescale, ticks),
                         folder / name.replace(' ', '-'), *reencode(b_frames))
        tracks[name] = [Track([file], duration) for file in files]
        video, *audio = tracks[name]
        video.check(failures, f'{name}: video', timescale, ticks, unit + first,
                    count_frames(path))
        for track, (rate_hz, samples) in zip(audio, (AAC_48, AAC_44)):
            track.check(failures, f'{name}: {rate_hz} Hz', rate_hz, samples)
    reference = tracks.pop('0 B-frames')
    for name, others in tracks.items():
        for kind, one, other in zip(('video', '48 kHz', '44.1 kHz'), reference,
                                    others):
            compare(failures, f'0 B-frames and {name}: {kind}', one, other, 55)


def rate_by_the_rule(failures, folder, rate):
    duration, timescale, ticks = RATES[rate]
    source = content(rate)
    unit = first_unit(floor(EPOCH / duration) + 1, duration, timescale, ticks)
    origin = origin_of(unit, timescale, ticks)
    files = mux_file(source, origin, folder / f'rate-{float(rate):.3f}')
    name = f'{rate} fps'
    video, *audio = (Track([file], duration) for file in files)
    video.check(failures, name, timescale, ticks, unit, count_frames(source))
    failures.expect(min(video.segments) == floor(EPOCH / duration) + 1,
                    f'{name}: starts with {min(video.segments)}')
    lines = [f'{len(video.segments)} segments of '
             f'{set(s.samples for s in list(video.segments.values())[:-1])}']
    for track, (hertz, samples) in zip(audio, (AAC_48, AAC_44)):
        track.check(failures, f'{name}, {hertz} Hz', hertz, samples,
                    nearest(Fraction(origin, 10**9) * hertz / samples))
        counts = {s.samples for s in list(track.segments.values())[:-1]}
        lines.append(f'{counts} at {hertz} Hz')
        failures.expect(
            abs(len(track.segments) - len(video.segments)) <= 1,
            f'{name}, {hertz} Hz: {len(track.segments)} segments')
    print(f'{name}: {", ".join(lines)}', flush=True)


# ---- vectors ----

def video_source(rate, units):
    return ['videotestsrc', f'num-buffers={units}', '!',
            f'video/x-raw,width=64,height=64,framerate={rate.numerator}/'
            f'{rate.denominator}', '!', 'x264enc', 'tune=zerolatency',
            'speed-preset=ultrafast', 'key-int-max=1000', '!', 'h264parse', '!']


def audio_source(rate, samples, units, *encoder):
    return ['audiotestsrc', f'num-buffers={units}',
            f'samplesperbuffer={samples}', '!',
            f'audio/x-raw,rate={rate},channels=1', '!', *encoder, '!']


def aac(rate):
    return lambda units: audio_source(rate, 1024, units, 'avenc_aac', '!',
                                      'aacparse')


def he_aac(units):
    """The units of AAC at 24 kHz as the core of HE-AAC at 48 kHz: an
    AudioSpecificConfig that says so is all that a muxer sees of SBR."""
    return audio_source(24000, 1024, units, 'avenc_aac', '!', 'aacparse', '!',
                        'capssetter', 'caps=audio/mpeg,codec_data=(buffer)2b0988')


def opus(units):
    return audio_source(48000, 960, units, 'opusenc', 'frame-size=20')


def ac3(units):
    return audio_source(48000, 1536, units, 'avenc_ac3', '!', 'ac3parse')


def frames(rate):
    return lambda units: video_source(Fraction(rate), units)


D_2, D_48_25, D_96_25 = Fraction(2), Fraction(48, 25), Fraction(96, 25)
D_8_5, D_1001_500 = Fraction(8, 5), Fraction(1001, 500)
FILM, NTSC, NTSC_60 = (Fraction(n, 1001) for n in (24000, 30000, 60000))

# names, make a source of that many units, timescale and ticks of a unit,
# segment duration, then for each name: segment, first unit, tfdt, units
VECTORS = [
    ('V1', frames(25), 90000, 3600, D_2,
     [(867844800, 43392240000, 156212064000000, 50)]),
    ('V2', frames(25), 90000, 3600, D_48_25,
     [(904005000, 43392240000, 156212064000000, 48)]),
    # the muxer takes 90000 ticks a second where the vector has 200
    ('V3', frames(50), 90000, 1800, D_96_25,
     [(404547500, 77673120000, 310692480000 * 450, 192)]),
    ('V4', frames(NTSC), 30000, 1001, D_1001_500,
     [(866977822, 52018669320, 52070687989320, 60)]),
    ('V5', frames(NTSC_60), 60000, 1001, D_1001_500,
     [(866977822, 104037338640, 104141375978640, 120)]),
    ('V6', frames(FILM), 24000, 1001, D_1001_500,
     [(866977822, 41614935456, 41656550391456, 48)]),
    ('V7', frames(NTSC), 30000, 1001, D_2,
     [(867844800, 52018669331, 52070688000331, 60)]),
    ('V8', frames(24), 90000, 3750, D_2,
     [(867844800, 41656550400, 156212064000000, 48)]),
    ('V9', frames(30), 90000, 3000, D_8_5,
     [(1084806000, 52070688000, 156212064000000, 48)]),
    ('A1', aac(48000), *AAC_48, D_48_25,
     [(904005000, 81360450000, 83313100800000, 90)]),
    ('A2', aac(48000), *AAC_48, D_96_25,
     [(404547500, 72818550000, 74566195200000, 180)]),
    ('A3 A4 A5', aac(48000), *AAC_48, D_1001_500,
     [(866977822, 81360449984, 83313100783616, 94),
      (866977823, 81360450078, 83313100879872, 93),
      (866977824, 81360450171, 83313100975104, 94)]),
    ('A6', aac(48000), *AAC_48, D_2,
     [(867844803, 81360450282, 83313101088768, 93)]),
    ('A7', aac(44100), *AAC_44, D_2,
     [(867844800, 74749913438, 76543911360512, 86)]),
    ('A8 A9', ac3, 48000, 1536, D_2,
     [(867844800, 54240300000, 83313100800000, 63),
      (867844801, 54240300063, 83313100896768, 62)]),
    ('A10', opus, 48000, 960, D_1001_500,
     [(866977822, 86784479983, 83313100783680, 100)]),
    ('A11', he_aac, 48000, 2048, D_1001_500,
     [(866977822, 40680224992, 83313100783616, 47)]),
]


def takes_ac3():
    return 'audio/x-ac3' in interop.run(['gst-inspect-1.0', 'cmafsyncmux']).stdout


def vector(failures, folder, names, make_source, timescale, ticks, duration,
           expected):
    """The stream starts half a segment early, so that the first segment of the
    vector is the first that is whole, and ends after the last."""
    first, last = expected[0], expected[-1]
    start = first[1] - first[3] // 2
    units = last[1] + last[3] + last[3] // 2 - start
    path = folder / names.replace(' ', '-')
    launch(*make_source(units), *mux(
        'track', origin_of(start, timescale, ticks), 'grid-mode=nominal',
        f'segment-duration={duration.numerator}/{duration.denominator}'),
           'filesink', f'location={path}')
    track = Track([path], duration)
    track.check(failures, names, timescale, ticks, start)
    for name, (number, unit, tfdt, samples) in zip(names.split(), expected):
        found = track.segments.get(number)
        failures.expect(
            expected_segment(number, duration, timescale, ticks)
            == (tfdt, samples, samples * ticks) and unit * ticks == tfdt,
            f'{name}: the rule does not give the vector')
        failures.expect(found == Segment(tfdt, samples, samples * ticks),
                        f'{name}: {number} is {found}')


def main():
    interop.need('ffmpeg', 'ffprobe', 'gst-launch-1.0')
    if not DUMP.exists():
        interop.skip('cmaf-dump is not built')
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'x264enc', 'avdec_h264',
                          'avenc_aac', 'opusenc', 'capssetter')
    failures = interop.Failures()
    vectors = [case for case in VECTORS if case[1] is not ac3 or takes_ac3()]
    left = ' '.join(case[0] for case in VECTORS if case not in vectors)
    with interop.scratch() as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(same_file_twice, failures, folder),
                pool.submit(encoders_that_differ, failures, folder)]
        jobs += [pool.submit(rate_by_the_rule, failures, folder, rate)
                 for rate in RATES]
        jobs += [pool.submit(vector, failures, folder, *case) for case in vectors]
        for job in jobs:
            job.result()
    print('vectors:', ' '.join(case[0] for case in vectors),
          f'(not {left}: no such codec)' if left else '')
    failures.finish()


if __name__ == '__main__':
    main()
