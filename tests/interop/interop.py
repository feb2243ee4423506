# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""What the tests with real peers share: processes that are always ended,
content with a flash and a beep every two seconds, and measuring it again."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SOURCE_ROOT = HERE.parent.parent
BUILD_ROOT = pathlib.Path(os.environ.get('CMAF_BUILD_ROOT', 'build')).resolve()
MAX_OFFSET_MS = 45  # between sound and picture

FLASH = ("color=black:s=320x180:r=25,"
         "drawbox=enable='lt(mod(t,2),0.2)':color=white:t=fill")
BEEP = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,2),0.2)':s=48000"


def skip(why):
    print(f'SKIP: {why}', flush=True)
    sys.exit(77)


def need(*programs):
    """Ends the test as skipped unless all these are installed."""
    for program in programs:
        if not shutil.which(program):
            skip(f'{program} is not installed (scripts/install-deps.sh --test)')


def npm_directory():
    """Where scripts/install-deps.sh --npm put the players."""
    choices = [os.environ.get('CMAF_TEST_NPM'), BUILD_ROOT.parent / 'npm',
               SOURCE_ROOT / 'build-test' / 'npm']
    for choice in filter(None, choices):
        if (pathlib.Path(choice) / 'node_modules' / 'hls.js').is_dir():
            return pathlib.Path(choice)
    return skip('the players are not installed '
                '(scripts/install-deps.sh --test --npm build-test/npm)')


def need_elements(*names):
    for name in names:
        if subprocess.run(['gst-inspect-1.0', '--exists',
                           '--atleast-version=0.0', name],
                          check=False).returncode:
            skip(f'no element {name}')


class Failures(list):
    """What went wrong; one line each, printed at once."""

    def add(self, text):
        print(f'  WRONG: {text}', flush=True)
        self.append(text)

    def expect(self, condition, text):
        if not condition:
            self.add(text)
        return bool(condition)

    def finish(self):
        print(f'{len(self)} problems', flush=True)
        sys.exit(1 if self else 0)


class Process:
    """A program whose lines of output can be waited for; ended at exit."""

    def __init__(self, command, name=None, **popen):
        self.name = name or command[0]
        self.lines = []
        self.changed = threading.Condition()
        self.popen = subprocess.Popen(  # pylint: disable=consider-using-with
            [str(part) for part in command], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
            errors='replace', **popen)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.popen.stdout:
            with self.changed:
                self.lines.append(line.rstrip('\n'))
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)
            self.changed.notify_all()

    def wait_for(self, pattern, seconds=20):
        """The match of the first line, old or new, in which pattern is."""
        deadline = time.monotonic() + seconds
        seen = 0
        with self.changed:
            while True:
                for line in self.lines[seen:]:
                    if line is None:
                        raise RuntimeError(f'{self.name} ended without '
                                           f'"{pattern}":\n{self.output()}')
                    match = re.search(pattern, line)
                    if match:
                        return match
                seen = len(self.lines)
                if not self.changed.wait(deadline - time.monotonic()):
                    raise RuntimeError(f'{self.name}: no "{pattern}" within '
                                       f'{seconds} s:\n{self.output()}')

    def output(self):
        return '\n'.join(line for line in self.lines if line is not None)

    def interrupt(self):
        self.popen.send_signal(signal.SIGINT)

    def kill(self):
        self.popen.kill()

    def wait(self, seconds=30):
        """The exit status."""
        status = self.popen.wait(seconds)
        self.reader.join(5)
        return status

    def stop(self):
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        self.reader.join(5)


@contextlib.contextmanager
def running(command, **options):
    process = Process(command, **options)
    try:
        yield process
    finally:
        process.stop()


@contextlib.contextmanager
def scratch():
    with tempfile.TemporaryDirectory(prefix='cmaf-interop-') as name:
        yield pathlib.Path(name)


def run(command, seconds=120, **options):
    """Runs to the end; CompletedProcess with stdout and stderr in .stdout."""
    return subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors='replace', timeout=seconds, check=False, **options)


def free_port():
    """For programs that cannot be given port 0. Not one of those from which
    Linux takes the ports of connections that are made meanwhile."""
    with socket.socket() as probe:
        while True:
            port = random.randrange(10240, 32768)
            with contextlib.suppress(OSError):
                probe.bind(('127.0.0.1', port))
                return port


def wait_for_url(url, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


NGINX = '''
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{
    application/dash+xml mpd;
    application/vnd.apple.mpegurl m3u8;
    video/mp4 mp4 m4s;
  }}
  server {{
    listen 127.0.0.1:{port};
    root {media};
    add_header Cache-Control no-cache always;
    add_header Access-Control-Allow-Origin * always;
    {more}
  }}
}}
'''
# what makes it a store; {folder}/access.log tells what was asked of it
DAV = '''dav_methods PUT DELETE;
    create_full_put_path on;
    client_max_body_size 0;
    access_log {folder}/access.log;'''


@contextlib.contextmanager
def nginx(folder, media, more=''):
    """Serves `media`; gives the URL. `folder` is for what nginx writes, `more`
    for its configuration, such as DAV."""
    port = free_port()  # nginx cannot take any and tell
    config = folder / 'nginx.conf'
    config.write_text(NGINX.format(folder=folder, media=media, port=port,
                                   more=more.format(folder=folder)),
                      encoding='utf-8')
    url = f'http://127.0.0.1:{port}'
    with running([shutil.which('nginx') or '/usr/sbin/nginx', '-p', folder,
                  '-c', config], name='nginx') as server:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', port)) == 0:
                    break
            if server.popen.poll() is not None:
                raise RuntimeError(server.output())
            time.sleep(0.05)
        yield url


def flash_and_beep(seconds, gop=48):
    """A cached file, H.264 at 25 frames/s and AAC, whose picture flashes when
    its sound beeps."""
    folder = BUILD_ROOT / 'test-content'
    path = folder / f'flash-and-beep-{seconds}-{gop}.mp4'
    if path.exists():
        return path
    need('ffmpeg')
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f'.{threading.get_native_id()}.part.mp4')
    done = run(['ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', FLASH,
                '-f', 'lavfi', '-i', BEEP, '-t', seconds,
                '-c:v', 'libx264', '-preset', 'ultrafast', '-g', gop,
                '-keyint_min', gop, '-sc_threshold', '0', '-bf', '0',
                '-c:a', 'aac', '-b:a', '64k', part], 300)
    if done.returncode:
        raise RuntimeError(done.stdout)
    part.rename(path)
    return path


def median(values):
    return sorted(values)[len(values) // 2]


def ffmpeg_offsets(url, seconds, live=False):
    """Decodes with FFmpeg; ([ms from each flash to its beep], frames, log)."""
    done = run(['ffmpeg', '-hide_banner', '-nostats', *(['-re'] if live else []),
                '-t', seconds, '-i', url, '-map', '0:v:0', '-map', '0:a:0',
                '-vf', 'blackdetect=d=0.2:pix_th=0.3',
                '-af', 'silencedetect=noise=-20dB:d=0.2', '-f', 'null', '-'],
               seconds * 3 + 60)
    flashes = [float(at) for at in re.findall(r'black_end:([\d.]+)', done.stdout)]
    beeps = [float(at) for at in re.findall(r'silence_end: ([\d.]+)', done.stdout)]
    offsets = [min((beep - flash for beep in beeps), key=abs) * 1000
               for flash in flashes if beeps]
    frames = re.findall(r'frame= *(\d+)', done.stdout)
    return ([ms for ms in offsets if abs(ms) < 500],
            int(frames[-1]) if frames else 0, done)


def check_ffmpeg(failures, name, url, seconds, live=False):
    """FFmpeg decodes `seconds` of it without a word, in sync."""
    offsets, frames, done = ffmpeg_offsets(url, seconds, live)
    words = [line for line in done.stdout.splitlines()
             if re.search(r'error|invalid|corrupt|non monoton|missing', line, re.I)]
    failures.expect(done.returncode == 0, f'{name}: ffmpeg exit {done.returncode}')
    failures.expect(not words, f'{name}: ffmpeg says {words[:3]}')
    failures.expect(frames >= 0.8 * 25 * seconds, f'{name}: ffmpeg {frames} frames')
    check_offsets(failures, f'{name}: ffmpeg', offsets)


def check_ffmpeg_plays(failures, name, url, seconds):
    """All of it, pictures alone, without an error."""
    done = run(['ffmpeg', '-v', 'error', '-nostdin', '-i', url, '-map', '0:v:0',
                '-f', 'framecrc', '-'], 60)
    frames = len(re.findall(r'^0,', done.stdout, re.M))
    failures.expect(done.returncode == 0 and frames >= seconds * 25,
                    f'{name}: {frames} frames: {done.stdout[-500:]}')


def check_ffmpeg_dash(failures, name, url, seconds):
    """The same with a live MPD. When another segment comes as it reads, FFmpeg
    5.1 begins again with the first: it has until then."""
    listed = wait_for_url(url)
    deadline = time.monotonic() + 20
    while wait_for_url(url) == listed and time.monotonic() < deadline:
        time.sleep(0.02)
    check_ffmpeg(failures, name, url, seconds)


PLAYERS = {'dashdemux': 'playbin', 'dashdemux2': 'playbin3',
           'hlsdemux2': 'playbin3'}


def check_playbin(failures, name, url, seconds, demuxer):
    """GStreamer plays it in real time with that demuxer, in sync."""
    player = PLAYERS[demuxer]
    name = f'{name}: {player} with {demuxer}'
    done = run([BUILD_ROOT / 'tests/interop/play-uri', player, url, seconds],
               seconds + 60)
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else '{}'
    failures.expect(done.returncode == 0, f'{name}: {done.stdout}')
    seen = json.loads(last) if last.startswith('{') else {}
    failures.expect(seen.get('demuxer') == demuxer,
                    f'{name}: it was {seen.get("demuxer")}')
    # it starts playing when a few segments are there
    failures.expect(seen.get('frames', 0) >= 25 * (seconds - 6),
                    f'{name}: {seen.get("frames")} frames')
    check_offsets(failures, name, seen.get('offsets', []))


def check_offsets(failures, name, offsets):
    if failures.expect(len(offsets) >= 2, f'{name}: {len(offsets)} flashes'):
        late = median(offsets)
        failures.expect(abs(late) <= MAX_OFFSET_MS, f'{name}: sound {late} ms late')
        print(f'{name}: sound {late:.0f} ms late', flush=True)


class Browser:
    """Chromium plays all cases at once, those in `to_end` until the service
    ends. A plain file is among them: the way through the browser's sound system
    takes the same time for all."""

    def __init__(self, failures, process):
        self.failures = failures
        self.process = process
        self.seen = {}  # case -> what was seen of it in the measured stretch
        self.dash_end = None  # when the DASH presentation ends, if known

    def measured(self):
        """Until all have been measured, and only those in `to_end` are left."""
        self.process.wait_for('^measured', 150)

    def finish(self, cases, to_end):
        try:
            self.process.wait(150)
        except subprocess.TimeoutExpired:
            self.failures.add('players.mjs does not end')
        for line in self.process.lines:
            if line and not line.startswith('{'):
                print(line)
            elif line:
                self.check(json.loads(line))
        self.failures.expect(
            self.process.output().count('"case"') == len(cases + 2 * to_end),
            f'players.mjs: {self.process.output()}')

    def check(self, seen):
        case = seen['case']
        if case not in self.seen:
            self.seen[case] = seen
            print(f"{case}: {seen['presented']} frames in "
                  f"{seen['seconds']:.0f} s, {seen['dropped']} dropped, sound "
                  f"{seen.get('soundLateMs')} ms late", flush=True)
        else:
            self.check_end(case, seen)
        for text in seen['wrong']:
            self.failures.add(f'{case}: {text}')
        if seen['wrong']:
            print(seen)

    def check_end(self, case, seen):
        """How far it played."""
        end = seen['duration']  # None: it does not end, as in the page
        if self.dash_end is not None and re.match('dash|shaka', case):
            end = self.dash_end
        print(f"{case}: in session at the end, {seen['played']:.1f} s played, "
              f"to {seen['currentTime']:.2f} of {end}", flush=True)
        self.failures.expect(
            end is None or abs(seen['currentTime'] - end) < 0.5,
            f'{case}: not to the end')


@contextlib.contextmanager
def browser(failures, cases, seconds, to_end=(), media=HERE):
    """Measures `seconds` of each case; the block may wait for that, and end the
    service for those that play to the end."""
    need('node', 'chromium')
    command = ['node', HERE / 'players.mjs', '--npm', npm_directory(),
               '--media', media, '--reference', flash_and_beep(40),
               '--seconds', seconds]
    for case in to_end:
        command += ['--to-end', case]
    with running([*command, *cases], name='players') as process:
        watched = Browser(failures, process)
        yield watched
        watched.finish(list(cases), list(to_end))


def check_browser(failures, cases, seconds, media):
    """What was seen of each case."""
    with browser(failures, cases, seconds, media=media) as watched:
        pass
    return watched.seen


def at_once(failures, *checks):
    """Side by side: of each check its function, and what follows `failures`.
    What each returns."""
    with concurrent.futures.ThreadPoolExecutor(len(checks)) as pool:
        jobs = [pool.submit(check, failures, *arguments)
                for check, *arguments in checks]
        return [job.result() for job in jobs]
