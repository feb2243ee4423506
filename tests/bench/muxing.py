#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""CPU time and memory of muxing, as ratios to other programs that do the same
work in the same run.

muxing.py cost        10 minutes of 1080p25 at 6 Mbit/s with AAC into DASH and
                      HLS on disk, less the same pipeline into fakesink, over
                      FFmpeg's `-c copy -f dash`; at most 1
muxing.py linearity   an hour against 10 minutes, of Matroska and of MP4: CPU
                      per minute at most 1.2 times; peak memory, less what the
                      same pipeline into fakesink grows by, at most 1.2 times
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

BUILD_ROOT = pathlib.Path(os.environ.get('CMAF_BUILD_ROOT', 'build')).resolve()
CONTENT = BUILD_ROOT / 'test-content'
RUNS = 5
MINUTES = 10
FACTOR = 6
ROOM = 4 << 30  # bytes that an hour and its pieces take at most


class Use(NamedTuple):
    """What one process used."""
    user: float  # s
    system: float
    peak: float  # MiB

    @property
    def cpu(self):
        return self.user + self.system

    def __str__(self):
        return (f'{self.cpu:.2f} s CPU ({self.user:.2f} user, {self.system:.2f} '
                f'system), {self.peak:.1f} MiB')


def measure(command):
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([str(word) for word in command],
                                   stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            log.seek(0)
            sys.exit(f'{command[:4]}: {log.read().decode(errors="replace")}')
    return Use(usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024)


def least(runs):
    return Use(*(min(values) for values in zip(*runs)))


def make_content(minutes, kind='mp4'):
    """One minute is encoded; the rest repeats it."""
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
    os.sync()  # that it is written is nobody's cost
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


def ffmpeg_command(source, folder):
    return ['ffmpeg', '-v', 'error', '-i', source, '-c', 'copy', '-f', 'dash',
            '-seg_duration', '1.92', f'{folder}/stream.mpd']


@contextlib.contextmanager
def folders(inside):
    """Gives empty folders. What was written is emptied at once, but removed
    only at the end: for some seconds ext4 does not take the inode of a file
    that was removed again, and looks at all of them for every new file, so that
    a run would pay for cleaning up after the one before."""
    with tempfile.TemporaryDirectory(prefix='bench-', dir=inside) as root:
        def run(make_command, source):
            folder = tempfile.mkdtemp(dir=root)
            use = measure(make_command(source, folder))
            for path in pathlib.Path(folder).rglob('*'):
                if path.is_file():
                    os.truncate(path, 0)
            return use
        yield run


def cost():
    source = make_content(MINUTES)
    ours, none, ffmpeg = [], [], []
    with folders(CONTENT) as run:
        for _ in range(RUNS):
            ours.append(run(gst_command, source))
            none.append(measure(gst_command(source, None)))
            ffmpeg.append(run(ffmpeg_command, source))
    ours, none, ffmpeg = least(ours), least(none), least(ffmpeg)
    ratio = (ours.cpu - none.cpu) / ffmpeg.cpu
    print(f'{MINUTES} minutes, the least of {RUNS} runs\n'
          f'  DASH and HLS:   {ours}\n'
          f'  fakesink:       {none}\n'
          f'  FFmpeg -f dash: {ffmpeg}\n'
          f'RATIO CPU (ours - fakesink) / FFmpeg: {ratio:.2f}, at most 1')
    return ratio <= 1


def memory_folder():
    """Linear is what the elements are to be. A disk is not: replaced manifests
    are removed files, and a file is muxed some hundred times faster than it
    plays (see folders())."""
    shm = pathlib.Path('/dev/shm')
    if os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > ROOM:
        return shm
    return CONTENT


def compare_lengths(kind, inside):
    sources = make_content(MINUTES, kind), make_content(MINUTES * FACTOR, kind)
    ours, none = ([], []), ([], [])
    with folders(inside) as run:
        for _ in range(3):
            for i, source in enumerate(sources):
                ours[i].append(run(gst_command, source))
                none[i].append(measure(gst_command(source, None)))
    sources[1].unlink()
    ours = [least(runs) for runs in ours]
    none = [least(runs) for runs in none]
    grown = [use[1].peak - use[0].peak for use in (ours, none)]
    cpu = ours[1].cpu / ours[0].cpu / FACTOR
    peak = 1 + (grown[0] - grown[1]) / ours[0].peak
    for i, factor in enumerate((1, FACTOR)):
        print(f'{kind}, {MINUTES * factor} minutes: {ours[i]}; '
              f'into fakesink {none[i]}')
    print(f'{kind}: memory grew by {grown[0]:.1f} MiB, into fakesink by '
          f'{grown[1]:.1f}, so that our share is {grown[0] - grown[1]:.1f} of '
          f'{ours[0].peak:.1f} MiB\n'
          f'RATIO {kind}: CPU per minute {cpu:.2f}, our peak memory {peak:.2f}, '
          f'at most 1.2 each', flush=True)
    return cpu <= 1.2 and peak <= 1.2


def linearity():
    inside = memory_folder()
    print(f'an hour against {MINUTES} minutes, the least of 3 runs, into {inside}')
    return all([compare_lengths(kind, inside) for kind in ('mkv', 'mp4')])


def main():
    for program in ('ffmpeg', 'gst-launch-1.0'):
        if not shutil.which(program):
            print(f'SKIP: no {program}')
            sys.exit(77)
    good = {'cost': cost, 'linearity': linearity}[sys.argv[1]]()
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
