#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Files of FFmpeg through our readers, and ours through ffprobe.

usage: ffmpeg.py CMAF-DUMP REWRITE

Each file is made at test time, read, and written again by our writers; both
must hold the same packets for ffprobe. Says SKIP without ffmpeg and ffprobe,
and for each encoder that this FFmpeg has not got.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

DUMP, REWRITE = map(os.path.abspath, sys.argv[1:3])
FAILURES = []
SKIPPED = []

VIDEO = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=2', '-pix_fmt', 'yuv420p']
AUDIO = ['-f', 'lavfi', '-i', 'sine=d=2:r=48000', '-ac', '2']
X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '25']
X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=25']
AV1 = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-g', '25']
VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25']
HDR10 = ['-pix_fmt', 'yuv420p10le', '-color_primaries', 'bt2020', '-color_trc', 'smpte2084',
         '-colorspace', 'bt2020nc']
CMAF = ['-movflags', '+cmaf+frag_keyframe+empty_moov+default_base_moof']
# some configurations are known with the first packet only
LATE = ['-movflags', '+cmaf+frag_keyframe+delay_moov+default_base_moof',
        '-frag_duration', '500000']

# name, arguments, codec string, packets, segments with 1 s cells
READ = [
    ('cmaf', VIDEO + X264 + CMAF, 'avc1', 50, 2),
    ('one frame a fragment', VIDEO + X264 + ['-movflags', '+cmaf+frag_every_frame+empty_moov'],
     'avc1', 50, 2),
    ('low delay', VIDEO + ['-c:v', 'libx264', '-tune', 'zerolatency', '-g', '25'] + CMAF,
     'avc1', 50, 2),
    ('edit list', VIDEO + X264 + ['-movflags', '+frag_keyframe+delay_moov+default_base_moof'],
     'avc1', 50, 2),
    ('dash', VIDEO + X264 + ['-movflags', '+dash+frag_keyframe+write_colr',
                             '-color_primaries', 'bt709', '-colorspace', 'bt709',
                             '-color_trc', 'bt709'], 'avc1', 50, 2),
    ('prft', VIDEO + X264 + CMAF + ['-write_prft', 'wallclock'], 'avc1', 50, 2),
    ('no mfra', VIDEO + X264 + ['-movflags', '+cmaf+frag_keyframe+empty_moov+skip_trailer'],
     'avc1', 50, 2),
    ('anamorphic', VIDEO + X264 + ['-aspect', '16:9'] + CMAF, 'avc1', 50, 2),
    ('hvc1', VIDEO + X265 + ['-tag:v', 'hvc1'] + CMAF, 'hvc1', 50, 2),
    ('hev1', VIDEO + X265 + ['-tag:v', 'hev1'] + CMAF, 'hev1', 50, 2),
    ('aac', AUDIO + ['-c:a', 'aac', '-frag_duration', '500000'] + CMAF, 'mp4a.40.2', None, 2),
    ('language', AUDIO + ['-c:a', 'aac', '-metadata:s:a:0', 'language=ger'] + CMAF,
     'mp4a.40.2', None, None),
    ('av1', VIDEO + AV1 + LATE, 'av01.0.00M.08', 50, 2),
    ('av1 hdr10', VIDEO + AV1 + HDR10 + LATE, 'av01.0.00M.10.0.110.09.16.09.0', 50, 2),
    ('vp9', VIDEO + VP9 + LATE, 'vp09.00.10.08.01.02.02.02.00', 50, 2),
    ('ac-3', AUDIO + ['-ac', '6', '-c:a', 'ac3'] + LATE, 'ac-3', None, None),
    ('e-ac-3', AUDIO + ['-c:a', 'eac3'] + LATE, 'ec-3', None, None),
    ('flac', AUDIO + ['-c:a', 'flac', '-strict', '-2'] + LATE, 'fLaC', None, None),
    ('opus', AUDIO + ['-c:a', 'libopus', '-frag_duration', '500000'] + CMAF, 'opus', None, None),
]

# name, arguments, part of the message
REFUSED = [
    ('not fragmented', VIDEO + X264, 'mvex|mdat'),
    ('two tracks', AUDIO + VIDEO + X264 + ['-c:a', 'aac'] + CMAF,
     "2 boxes 'trak', needs exactly 1"),
    ('absolute offsets', VIDEO + X264 + ['-movflags', '+frag_keyframe+empty_moov'],
     'base-data-offset'),
    ('mp3', AUDIO + ['-c:a', 'libmp3lame'] + CMAF, 'object type is 0x6b'),
    ('mpeg-4 video', VIDEO + ['-c:v', 'mpeg4'] + CMAF, "'mp4v' is not supported"),
]


def check(name, condition, detail=''):
    if not condition:
        FAILURES.append(name)
        print(f'FAIL {name}: {detail}')


def run(*args):
    done = subprocess.run(args, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def make(name, arguments, path):
    """False when this FFmpeg has no such encoder."""
    code, _, err = run('ffmpeg', '-hide_banner', '-loglevel', 'error', '-y',
                       *arguments, path)
    if code == 0:
        return True
    if 'Unknown encoder' in err:
        SKIPPED.append(name)
        print(f'SKIP {name}: {err.strip().splitlines()[-1]}')
    else:
        check(name, False, err)
    return False


def packets(path):
    code, out, err = run('ffprobe', '-v', 'error', '-show_entries',
                         'packet=pts,dts,size,flags', '-of', 'csv=p=0', path)
    return [line.rstrip(',').split(',') for line in out.splitlines()], code, err


def stream(path):
    return run('ffprobe', '-v', 'error', '-show_entries',
               'stream=codec_name,codec_tag_string,profile,width,height,'
               'sample_aspect_ratio,color_space,color_primaries,color_transfer,sample_rate,channels,'
               'time_base,max_bit_rate:stream_tags=language', '-of', 'default', path)[1].replace('=ger', '=deu')


def same_packets(name, theirs, ours):
    check(name, len(theirs) == len(ours), f'{len(theirs)} packets, ours {len(ours)}')
    # an edit list moves all by as much; we write none
    shifts = {int(a[0]) - int(b[0]) for a, b in zip(theirs, ours)}
    shifts |= {int(a[1]) - int(b[1]) for a, b in zip(theirs, ours)}
    check(name, len(shifts) == 1, f'times differ by {shifts}')
    check(name, [p[2:] for p in theirs] == [p[2:] for p in ours], 'sizes or flags differ')


def read(name, arguments, codec, n_packets, n_segments):
    path, ours = 'in.mp4', 'out.mp4'
    if not make(name, arguments, path):
        return
    code, out, err = run(DUMP, '--segments', '--segment-duration', '1', path)
    check(name, code == 0, err)
    check(name, f' {codec}' in out.splitlines()[0], out)
    lines = [line for line in out.splitlines() if line.startswith('segment')]
    count = sum(int(re.search(r'samples=(\d+)', line)[1]) for line in lines)
    theirs, code, err = packets(path)
    check(name, code == 0 and count == len(theirs), f'{count} samples, ffprobe {len(theirs)}')
    if n_packets:
        check(name, count == n_packets, f'{count} samples')
        check(name, all('sap=1' in line for line in lines), out)
    if n_segments:
        numbers = [line.split()[1] for line in lines]
        check(name, numbers[:n_segments] == [str(n) for n in range(n_segments)], out)
    if name == 'language':
        check(name, 'language=de' in out, out)
    code, _, err = run(DUMP, path)
    check(name, code == 0 and err == '', err)

    code, _, err = run(REWRITE, path, ours)
    check(name, code == 0, err)
    again, code, err = packets(ours)
    check(name, code == 0 and err == '', err)
    same_packets(name, theirs, again)
    check(name, stream(path) == stream(ours), stream(path) + stream(ours))
    code, _, err = run('ffmpeg', '-v', 'error', '-xerror', '-i', ours, '-f', 'null', '-')
    check(name, code == 0 and err == '', f'decoding: {err}')


def refuse(name, arguments, message):
    if not make(name, arguments, 'in.mp4'):
        return
    code, _, err = run(DUMP, '--segments', 'in.mp4')
    check(name, code == 1 and re.search(message, err) and err.count('\n') == 1, err)


def main():
    if not shutil.which('ffmpeg') or not shutil.which('ffprobe'):
        print('SKIP: ffmpeg and ffprobe are not installed')
        return 77
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for case in READ:
            read(*case)
        for case in REFUSED:
            refuse(*case)
        os.chdir('/')
    print(f'{len(READ) + len(REFUSED)} cases, {len(FAILURES)} failures, {len(SKIPPED)} skipped')
    return 1 if FAILURES else 0


sys.exit(main())
