#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Runs the pipelines of README.md and docs/text.md as they are pasted.

A block marked `sh run` must end with exit status 0, one marked `sh background`
runs beside the next and must then end by itself, one marked `sh parse` needs
hardware and is only built. Ports are exchanged for free ones."""
import os
import re
import shlex

import interop

BLOCK = re.compile(r'^```sh (run|background|parse)\n(.*?)^```', re.M | re.S)


def words(text):
    text = text.replace('\\\n', ' ')
    return shlex.split(text)


def make_inputs(folder):
    interop.need('ffmpeg')
    source = interop.flash_and_beep(12)
    (folder / 'input.mp4').symlink_to(source)
    done = interop.run(['ffmpeg', '-v', 'error', '-i', source, '-c', 'copy',
                        folder / 'input.ts'])
    if done.returncode:
        raise RuntimeError(done.stdout)
    (folder / 'input.vtt').write_text(
        'WEBVTT\n\n00:01.000 --> 00:03.000\nHello\n')


def check_files(failures, folder):
    for name in ('dash/stream.mpd', 'hls/master.m3u8', 'live/master.m3u8',
                 'text/text/media.m3u8', 'text/text/0000000005.m4s'):
        failures.expect((folder / name).is_file(), f'{name} was not written')


def parse(command, folder):
    command[0] = str(interop.BUILD_ROOT / 'tests/interop/parse-pipeline')
    if command[1] == '-e':
        del command[1]
    return interop.run(command, cwd=folder)


def main():
    failures = interop.Failures()
    text = '\n'.join((interop.SOURCE_ROOT / page).read_text(encoding='utf-8')
                     for page in ('README.md', 'docs/text.md'))
    for port in ('8000', '8080'):  # whole numbers only
        text = re.sub(rf'\b{port}\b', str(interop.free_port()), text)
    interop.need_elements('cmafsyncmux', 'cmafdashsink', 'cmafhlssink',
                          'httpingestsink', 'httpingestsrc', 'cmaforiginsink')
    os.environ['PATH'] = f'{interop.BUILD_ROOT}/tools:{os.environ["PATH"]}'
    blocks = BLOCK.findall(text)
    failures.expect(len(blocks) >= 8, f'{len(blocks)} pipelines in README.md')
    beside = None
    with interop.scratch() as folder:
        make_inputs(folder)
        for kind, block in blocks:
            command = words(block)
            title = ' '.join(command)[:70]
            if kind == 'background':
                beside = interop.Process(command, cwd=folder)
                beside.wait_for('PLAYING', 20)
                continue
            done = (parse(command, folder) if kind == 'parse'
                    else interop.run(command, 90, cwd=folder))
            print(f'{kind} {done.returncode}: {title}', flush=True)
            failures.expect(done.returncode == 0, f'{title}: {done.stdout}')
            if beside and 'httpingestsink' in title + block and kind == 'run':
                status = beside.wait(30)
                failures.expect(status == 0, f'receiver: {beside.output()}')
                beside = None
        check_files(failures, folder)
        if beside:
            beside.stop()
    failures.finish()


if __name__ == '__main__':
    main()
