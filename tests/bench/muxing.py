#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""CPU time and memory of muxing, as ratios to FFmpeg doing the same work in the
same run.

muxing.py cost        10 minutes of 1080p25 at 6 Mbit/s with AAC into DASH and
                      HLS on disk, less the same pipeline into fakesink, over
                      FFmpeg's `-c copy -f dash`; at most 1
muxing.py linearity   an hour against 10 minutes: CPU per minute at most 1.2
                      times, peak memory at most 1.2 times
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

BUILD_ROOT = pathlib.Path(os.environ.get('CMAF_BUILD_ROOT', 'build')).resolve()
CONTENT = BUILD_ROOT / 'test-content'
RUNS = 3
MINUTES = 10


def measure(command, seconds=600):
    """(user + system CPU in s, peak memory in MiB) of one process."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([str(word) for word in command],
                                   stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            log.seek(0)
            sys.exit(f'{command[:4]}: {log.read().decode(errors="replace")}')
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def make_content(minutes, kind='mp4'):
    """One minute is encoded; the rest repeats it. The demuxer of MP4 has a
    table of all samples in memory, that of Matroska has not."""
    path = CONTENT / f'1080p25-6M-{minutes}.{kind}'
    if path.exists():
        return path
    CONTENT.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f'.part.{kind}')
    if (minutes, kind) == (1, 'mp4'):
        measure(['ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i',
                 'testsrc2=s=1920x1080:r=25,noise=alls=12:allf=t', '-f', 'lavfi',
                 '-i', 'sine=frequency=440:sample_rate=48000', '-t', '61.44',
                 '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '6M',
                 '-maxrate', '6M', '-bufsize', '6M', '-g', '48',
                 '-keyint_min', '48', '-sc_threshold', '0', '-c:a', 'aac',
                 '-b:a', '128k', part])
    else:
        measure(['ffmpeg', '-v', 'error', '-y', '-stream_loop', minutes - 1,
                 '-i', make_content(1), '-c', 'copy', '-t', minutes * 60, part])
    part.rename(path)
    return path


def gst_command(source, folder):
    """Into DASH and HLS with shared media files; into fakesink without one."""
    command = ['gst-launch-1.0', '-q', 'filesrc', f'location={source}', '!',
               'matroskademux' if source.suffix == '.mkv' else 'qtdemux',
               'name=in']
    if folder:
        command += ['cmafdashsink', 'name=dash', f'location={folder}',
                    'cmafhlssink', 'name=hls', f'location={folder}',
                    'write-segments=false']
    for pad, parser, name in (('video_0', 'h264parse', 'video'),
                              ('audio_0', 'aacparse', 'audio')):
        command += [f'in.{pad}', '!', 'queue', '!', parser, '!']
        if folder:
            command += ['cmafsyncmux', f'track-name={name}',
                        'timing-sources=fixed', '!', 'tee', f'name={name}',
                        f'{name}.', '!', 'queue', '!', 'dash.',
                        f'{name}.', '!', 'queue', '!', 'hls.']
        else:
            command += ['fakesink', 'sync=false']
    return command


def in_folder(make_command):
    """Measures with an empty output directory, which is removed again."""
    folder = tempfile.mkdtemp(prefix='bench-', dir=CONTENT)
    try:
        return measure(make_command(folder))
    finally:
        shutil.rmtree(folder)


def cost():
    source = make_content(MINUTES)
    ours = min(in_folder(lambda d: gst_command(source, d)) for _ in range(RUNS))[0]
    none = min(measure(gst_command(source, None)) for _ in range(RUNS))[0]
    ffmpeg = min(in_folder(lambda d: [
        'ffmpeg', '-v', 'error', '-i', source, '-c', 'copy', '-f', 'dash',
        '-seg_duration', '1.92', f'{d}/stream.mpd']) for _ in range(RUNS))[0]
    ratio = (ours - none) / ffmpeg
    print(f'{MINUTES} minutes: DASH and HLS {ours:.2f} s CPU, fakesink '
          f'{none:.2f} s, FFmpeg -f dash {ffmpeg:.2f} s')
    print(f'RATIO (ours - fakesink) / FFmpeg: {ratio:.2f}, at most 1')
    return ratio <= 1


def linearity():
    factor = 6
    short = make_content(MINUTES, 'mkv')
    long = make_content(MINUTES * factor, 'mkv')
    cpu1, rss1 = min(in_folder(lambda d: gst_command(short, d))
                     for _ in range(RUNS))
    cpu6, rss6 = min(in_folder(lambda d: gst_command(long, d))
                     for _ in range(2))
    print(f'{MINUTES} minutes: {cpu1:.2f} s CPU, {rss1:.1f} MiB; '
          f'{MINUTES * factor} minutes: {cpu6:.2f} s CPU, {rss6:.1f} MiB')
    print(f'RATIO CPU per minute: {cpu6 / cpu1 / factor:.2f}, at most 1.2; '
          f'peak memory: {rss6 / rss1:.2f}, at most 1.2')
    long.unlink()
    return cpu6 <= 1.2 * factor * cpu1 and rss6 <= 1.2 * rss1


def main():
    for program in ('ffmpeg', 'gst-launch-1.0'):
        if not shutil.which(program):
            print(f'SKIP: no {program}')
            sys.exit(77)
    good = {'cost': cost, 'linearity': linearity}[sys.argv[1]]()
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
