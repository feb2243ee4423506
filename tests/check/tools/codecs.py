#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Tracks of cmafsyncmux behind real encoders, through ffprobe and FFmpeg.

usage: codecs.py CMAF-DUMP

Each track must be what ffprobe says it is, hold the packets that went in, and
decode without a word. Says SKIP without FFmpeg, and for each encoder that is not
installed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

DUMP = os.path.abspath(sys.argv[1])
FAILURES = []
SKIPPED = []

VIDEO = ('videotestsrc num-buffers=60 ! '
         'video/x-raw,format={format},width=320,height=240,framerate=25/1{more} ! ')
AUDIO = ('audiotestsrc num-buffers=100 samplesperbuffer=1024 ! '
         'audio/x-raw,rate=48000,channels={channels} ! ')
HDR10 = (',colorimetry=bt2100-pq,mastering-display-info=(string)'
         '"34000:16000:13250:34500:7500:3000:15635:16450:10000000:50",'
         'content-light-level=(string)"1000:400"')
X265 = 'x265enc speed-preset=ultrafast option-string=rc-lookahead=5{hdr} ! h265parse ! '


def video(pipeline, form='I420', more=''):
    return VIDEO.format(format=form, more=more) + pipeline


def audio(pipeline, channels):
    return AUDIO.format(channels=channels) + pipeline


# name, elements, pipeline, codec string, packets, what ffprobe says
CASES = [
    ('h264', ['x264enc', 'h264parse'],
     video('x264enc speed-preset=ultrafast ! h264parse ! video/x-h264,stream-format=avc'),
     'avc1.42C01', 60, {'codec_name': 'h264', 'codec_tag_string': 'avc1', 'is_avc': 'true'}),
    ('h264 in-band', ['x264enc', 'h264parse'],
     video('x264enc speed-preset=ultrafast ! h264parse ! video/x-h264,stream-format=avc3'),
     'avc3.', 60, {'codec_name': 'h264', 'codec_tag_string': 'avc3'}),
    ('h264 interlaced', ['x264enc', 'h264parse'],
     video('x264enc speed-preset=ultrafast interlaced=true ! h264parse ! '
           'video/x-h264,stream-format=avc', more=',interlace-mode=interleaved,field-order=top-field-first'),
     'avc1.', 60, {'codec_name': 'h264', 'field_order': 'tt'}),
    ('h265', ['x265enc', 'h265parse'],
     video(X265.format(hdr='') + 'video/x-h265,stream-format=hvc1'),
     'hvc1.1.6.', 60, {'codec_name': 'hevc', 'codec_tag_string': 'hvc1'}),
    ('h265 hdr10', ['x265enc', 'h265parse'],
     video(X265.format(hdr=':colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:'
                           'master-display=G(13250,34500)B(7500,3000)R(34000,16000)'
                           'WP(15635,16450)L(10000000,50):max-cll=1000,400')
           + 'video/x-h265,stream-format=hvc1', 'I420_10LE', HDR10),
     'hvc1.2.4.', 60,
     {'color_transfer': 'smpte2084', 'color_primaries': 'bt2020', 'color_space': 'bt2020nc',
      'side_data': {'Mastering display metadata': {'red_x': '34000/50000',
                                                   'max_luminance': '10000000/10000'},
                    'Content light level metadata': {'max_content': 1000, 'max_average': 400}}}),
    ('h265 hlg', ['x265enc', 'h265parse'],
     video(X265.format(hdr=':colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc')
           + 'video/x-h265,stream-format=hev1', 'I420_10LE', ',colorimetry=bt2100-hlg'),
     'hev1.2.4.', 60, {'color_transfer': 'arib-std-b67', 'codec_tag_string': 'hev1'}),
    ('av1', ['av1enc', 'av1parse'],
     video('av1enc cpu-used=8 usage-profile=realtime keyframe-max-dist=48 ! av1parse'),
     'av01.0.00M.08', 60, {'codec_name': 'av1', 'profile': 'Main', 'pix_fmt': 'yuv420p'}),
    ('vp9', ['vp9enc', 'vp9parse'], video('vp9enc deadline=1 cpu-used=8 ! vp9parse'),
     'vp09.00.20.08.', 60, {'codec_name': 'vp9', 'profile': 'Profile 0'}),
    ('aac', ['avenc_aac', 'aacparse'], audio('avenc_aac ! aacparse', 2), 'mp4a.40.2', 101,
     {'codec_name': 'aac', 'profile': 'LC', 'sample_rate': '48000', 'channels': 2}),
    ('opus', ['opusenc'], audio('opusenc', 2), 'opus', None,
     {'codec_name': 'opus', 'channels': 2}),
    ('ac-3', ['avenc_ac3', 'ac3parse'], audio('avenc_ac3 ! ac3parse', 6), 'ac-3', None,
     {'codec_name': 'ac3', 'channels': 6, 'channel_layout': '5.1(side)'}),
    ('e-ac-3', ['avenc_eac3', 'ac3parse'], audio('avenc_eac3 ! ac3parse', 6), 'ec-3', None,
     {'codec_name': 'eac3', 'channels': 6, 'codec_tag_string': 'ec-3'}),
    ('e-ac-3 by frame', ['avenc_eac3', 'ac3parse'],
     audio('avenc_eac3 ! ac3parse ! audio/x-eac3,alignment=frame', 2), 'ec-3', None,
     {'codec_name': 'eac3', 'channels': 2}),
    ('flac', ['flacenc', 'flacparse'], audio('flacenc ! flacparse', 2), 'fLaC', None,
     {'codec_name': 'flac', 'bits_per_raw_sample': '16'}),
    ('flac 24 bit', ['flacenc', 'flacparse'],
     audio('flacenc ! flacparse', '2,format=S24LE'), 'fLaC', None,
     {'codec_name': 'flac', 'bits_per_raw_sample': '24'}),
]


def check(name, condition, detail=''):
    if not condition:
        FAILURES.append(name)
        print(f'FAIL {name}: {detail}')


def run(*args):
    done = subprocess.run(args, capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def is_there(name, elements):
    for element in elements:
        if run('gst-inspect-1.0', element)[0] != 0:
            print(f'SKIP {name}: {element} is not installed')
            SKIPPED.append(name)
            return False
    return True


def probe(path):
    code, out, err = run('ffprobe', '-v', 'error', '-of', 'json', '-show_streams',
                         '-show_packets', path)
    return json.loads(out) if code == 0 else {}, err


def check_side_data(name, stream, wanted):
    for kind, fields in wanted.items():
        found = [data for data in stream.get('side_data_list', [])
                 if data['side_data_type'] == kind]
        check(name, found and all(found[0].get(key) == value for key, value in fields.items()),
              f'{kind}: {found}')


def check_stream(name, stream, wanted):
    for key, value in wanted.items():
        if key == 'side_data':
            check_side_data(name, stream, value)
        else:
            check(name, stream.get(key) == value, f'{key} is {stream.get(key)}, not {value}')


def one(name, elements, pipeline, codec_string, n_packets, wanted):
    if not is_there(name, elements):
        return
    path = name.replace(' ', '-') + '.mp4'
    code, out, err = run('gst-launch-1.0', '-q', *pipeline.split(), '!', 'cmafsyncmux',
                         'timing-sources=fixed', 'fixed-origin=0', '!', 'filesink',
                         f'location={path}')
    check(name, code == 0 and os.path.exists(path), err + out)
    if code != 0:
        return
    code, out, err = run(DUMP, '--segments', '--segment-duration', '48/25', path)
    check(name, code == 0 and f' {codec_string}' in out.splitlines()[0], out + err)
    data, err = probe(path)
    check(name, data and err == '', err)
    if not data:
        return
    check_stream(name, data['streams'][0], wanted)
    packets = data['packets']
    check(name, len(packets) == n_packets if n_packets else len(packets) > 20,
          f'{len(packets)} packets')
    code, _, err = run('ffmpeg', '-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')
    check(name, code == 0 and err == '', f'decoding: {err}')


def main():
    if not shutil.which('ffmpeg') or not shutil.which('ffprobe'):
        print('SKIP: ffmpeg and ffprobe are not installed')
        return 77
    if not is_there('all', ['cmafsyncmux']):
        return 77
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for case in CASES:
            one(*case)
        os.chdir('/')
    print(f'{len(CASES)} cases, {len(FAILURES)} failures, {len(SKIPPED)} skipped')
    return 1 if FAILURES else 0


sys.exit(main())
