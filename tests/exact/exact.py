#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""The arithmetic of the library against exact fractions.

Written from docs/sync.md and not from the library: every value is computed
with fractions, whole numbers come out of one rounding at the end. Random cases
of all kinds, a year of segments, and what is near to the ends of 32-bit time
(2036, 2038), to leap seconds and to midnight.

usage: exact.py DRIVER [--cases N] [--seed S]"""
import argparse
import random
import subprocess
import sys
import tempfile
from fractions import Fraction as Q

S = 10**9
W = 2**33
ERA = 2**32
NTP = 2208988800
DAY = 86400
NEW_YEAR = 1735689600            # 2025-01-01
DATES = [NEW_YEAR, 2085978496,   # NTP seconds begin anew
         2147483648,             # 31 bits of seconds end
         4294967296,             # and 32
         1483228800, 1893456000, 1956528000]  # leap seconds, below

# from when on (POSIX), TAI - UTC; the last two never happened
LEAPS = [(63072000, 10), (78796800, 11), (1483228800, 12), (1893456000, 13),
         (1956528000, 12)]

VIDEO = [(90000, 3600), (90000, 1800), (90000, 3750), (90000, 3000),
         (90000, 1500), (24000, 1001), (30000, 1001), (60000, 1001),
         (120000, 1001)]
AUDIO = [(48000, 1024), (44100, 1024), (48000, 2048), (48000, 1536),
         (48000, 960), (32000, 1024), (96000, 1024), (1000, 1)]
DURATIONS = [(48, 25), (96, 25), (8, 5), (2, 1), (1001, 500), (1001, 250),
             (4, 1), (6, 1), (1, 1), (1001, 1000)]


def floor(x):
    return Q(x).numerator // Q(x).denominator


def ceil(x):
    return -floor(-Q(x))


def rnd(x):
    return floor(Q(x) + Q(1, 2))


# ---- what the values are ----

def leap_offset(posix):
    return max((at, offset) for at, offset in LEAPS
               if at <= posix or at == LEAPS[0][0])[1]


def leap_posix(tai):
    """POSIX time of a second of TAI, and whether it was inserted"""
    posix = tai - LEAPS[0][1]
    for (_, before), (at, offset) in zip(LEAPS, LEAPS[1:]):
        if tai >= at + offset:
            posix = tai - offset
        elif tai >= at + before:
            return at - 1, 1
    return posix, 0


def ahead(offset, leaps, utc_seconds):
    return (leap_offset(floor(utc_seconds)) if leaps else 37) - offset


def segment(dn, dd, ts, d, phi, k):
    def first(n):
        return ceil((Q(dn, dd) * n * ts - phi) / d)
    a = first(k)
    return a, a * d + phi, first(k + 1) - a, ceil(Q(dn, dd) * k * S)


def number(dn, dd, ticks, ts):
    return (floor(Q(ticks, ts) / Q(dn, dd)),)


def splice(dn, dd, ts, d, _phi, frame, ts2, d2, phi2):
    time = Q(frame * d, ts)
    return rnd(time / Q(dn, dd)), ceil((time * ts2 - phi2) / d2)


def unit(ts, d, _phi, media):
    n = rnd(Q(media, S) * ts / d)
    return n, rnd(Q(n * d, ts) * S)


def ticks(ns, ts):
    t = rnd(Q(ns, S) * ts)
    seconds, rest = divmod(t, ts)
    return (t, rnd(Q(t, ts) * S),
            (((seconds + NTP) << 32) + rnd(Q(rest, ts) * ERA)) % 2**64)


def utc(offset, leaps, ns):
    media = ns + ahead(offset, leaps, Q(ns, S)) * S
    return (media,) if media >= 0 else None


def era_nearest(seconds, clock):
    """POSIX second of an NTP second, in the era nearest to the clock"""
    base = seconds % ERA - NTP
    return base + ERA * rnd(Q(floor(Q(clock, S)) - base, ERA))


def ntp(offset, leaps, stamp, clock):
    posix = era_nearest(stamp >> 32, clock)
    return utc(offset, leaps, posix * S + rnd(Q(stamp % ERA, ERA) * S))


def reference(kind, stamp, offset, leaps, clock, has_units, ts, d, phi):
    if kind == 0:
        return utc(offset, leaps, stamp)
    if kind == 1:
        posix = era_nearest(stamp // S, clock)
        return utc(offset, leaps, posix * S + stamp % S)
    if not has_units:
        return (stamp - offset * S,) if stamp >= offset * S else None
    f = Q(ts, d)
    # an offset below zero is the same number of frames as one above
    n = rnd(Q(stamp, S) * f) - (rnd(offset * f) if offset >= 0
                                else -rnd(-offset * f))
    return (rnd(n / f * S),) if n >= 0 else None


def labels(h, m, s, ff, rate, drop):
    minutes = 60 * h + m
    return ((minutes * 60 + s) * rate + ff
            - (2 * (rate // 30) * (minutes - minutes // 10) if drop else 0))


def timecode(h, m, s, ff, drop, pairs, half, second, ts, d, _phi, utc_offset,
             jam, max_error, offset, leaps, clock):
    f = Q(ts, d)
    rate = rnd(f)
    over_1001 = f.denominator == 1001
    if drop and (not over_1001 or rate % 30) or \
            over_1001 and not drop and jam < 0:
        return None
    full = 2 * ff + (half and second) if pairs else ff
    first = 2 * (rate // 30) if drop and s == 0 and m % 10 else 0
    if h > 23 or m > 59 or s > 59 or full >= rate or full < first:
        return None
    jam = max(jam, 0)
    jm, js = divmod(jam, 60)
    jump = 2 * (rate // 30) if drop and js == 0 and jm % 10 else 0
    in_day = labels(24, 0, 0, 0, rate, drop)
    since = (labels(h, m, s, full, rate, drop)
             - labels(0, jm, js, jump, rate, drop)) % in_day
    best = None
    today = floor(Q(clock, S * DAY))
    for day in range(today - 3, today + 4):
        at = day * DAY + jam - utc_offset
        t = at + ahead(offset, leaps, at)
        if at < 0 or t < 0:
            continue
        n = rnd(t * f) + since
        distance = abs(rnd(n / f * S) - clock)
        if best is None or distance < best[0]:
            best = distance, n
    return (best[1],) if best and best[0] <= max_error else None


def pts(p0, m0, value, clock, ts, d, _phi):
    x = (value - p0) % W
    m = m0 + x + W * rnd(Q(rnd(Q(clock, S) * 90000) - m0 - x, W))
    if m < 0:
        return None
    return m, rnd(Q(m, 90000) * ts / d), (p0 + m - m0) % W


def audio(sample, priming, size, roll):
    s0 = sample + (priming - sample) % size
    if s0 < priming:
        return None
    return s0, (s0 - priming) // size, ceil(Q(priming, size)) + roll


def leap(posix, tai):
    return (leap_offset(posix),) + leap_posix(tai)


ANSWERS = {'segment': segment, 'number': number, 'splice': splice,
           'unit': unit, 'ticks': ticks, 'utc': utc, 'ntp': ntp,
           'reference': reference, 'timecode': timecode, 'pts': pts,
           'audio': audio, 'leap': leap}


# ---- what is asked ----

class Cases:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def seconds(self):
        """a time, often near one at which something happens"""
        if self.r.random() < 0.4:
            return self.r.choice(DATES) + self.r.randint(-40, 40)
        if self.r.random() < 0.3:  # near midnight
            return self.r.randrange(1, 50000) * DAY + self.r.randint(-5, 5)
        return self.r.randrange(0, 2**33 - 2**30)  # until 2208

    def ns(self):
        return self.seconds() * S + self.r.choice(
            [0, 1, S - 1, S // 2, self.r.randrange(S)])

    def grid(self, rows):
        ts, d = self.r.choice(rows)
        phi = self.r.choice([0, 0, 0, 1, d - 1, self.r.randrange(d)])
        return ts, d, min(phi, d - 1)

    def odd_grid(self):
        """anything that is allowed"""
        if self.r.random() < 0.7:
            return self.grid(VIDEO + AUDIO)
        ts = self.r.randint(1, 1000000)
        d = self.r.randint(1, min(ts * 4, 2**31 - 1))
        return ts, d, self.r.randrange(d)

    def duration(self):
        if self.r.random() < 0.8:
            return self.r.choice(DURATIONS)
        q = Q(self.r.randint(1, 2**self.r.randint(1, 31)),
              self.r.randint(1, 2**self.r.randint(1, 20)))
        return (q.numerator, q.denominator) if q > Q(1, 50) else (2, 1)

    def epoch(self):
        leaps = self.r.randint(0, 1)
        return self.r.choice([37, 37, 12, 0, -3, 100]), leaps

    def segment(self):
        dn, dd = self.duration()
        k = floor(Q(self.seconds()) / Q(dn, dd)) + self.r.randint(0, 2)
        return (dn, dd, *self.odd_grid(), k)

    def number(self):
        dn, dd = self.duration()
        ts = self.odd_grid()[0]
        at = Q(self.seconds()) // Q(dn, dd) * Q(dn, dd)
        return dn, dd, max(ceil(at * ts) + self.r.randint(-1, 1), 0), ts

    def splice(self):
        dn, dd = self.duration()
        ts, d = self.r.choice(VIDEO)
        frame = floor(self.seconds() * Q(ts, d))
        return (dn, dd, ts, d, 0, frame, *self.grid(VIDEO + AUDIO))

    def unit(self):
        ts, d, _ = self.odd_grid()
        middle = (2 * self.r.randrange(2**30) + 1) * Q(d, ts) * S / 2
        return ts, d, 0, self.r.choice(
            [self.ns(), floor(middle), ceil(middle)])

    def ticks(self):
        return self.ns(), self.odd_grid()[0]

    def utc(self):
        return (*self.epoch(), self.ns() - self.r.choice([0, 0, 3000 * S]))

    def ntp(self):
        at = self.seconds()
        fraction = self.r.choice([0, 1, ERA - 1, self.r.randrange(ERA)])
        clock = at + self.r.choice([0, -1, 1, 10**9, -10**9])
        return (*self.epoch(), (at + NTP) % ERA << 32 | fraction, clock * S)

    def reference(self):
        kind = self.r.randint(0, 2)
        at = self.ns()
        stamp = at + (NTP * S if kind == 1 else 37 * S if kind == 2 else 0)
        if kind == 1 and self.r.random() < 0.5:
            stamp %= ERA * S
        if self.r.random() < 0.05:
            stamp = self.r.randrange(60) * S
        ts, d = self.r.choice(VIDEO)
        return (kind, stamp, *self.epoch(), at + self.r.choice([0, S, -S]),
                self.r.randint(0, 1), ts, d, 0)

    def timecode(self):
        ts, d = self.r.choice(VIDEO)
        rate = rnd(Q(ts, d))
        pairs = int(rate >= 48 and self.r.random() < 0.5)
        drop = int(d == 1001 and rate % 30 == 0 and self.r.random() < 0.8)
        if self.r.random() < 0.03:
            drop ^= 1
        utc_offset = self.r.choice([0, 0, 3600, -18000, 20700])
        at = self.seconds()
        s = (at + utc_offset) % DAY
        if self.r.random() < 0.3:
            s -= s % 60
        limit = rate // (1 + pairs)
        ff = self.r.choice([0, 1, 2, 3, 4, limit - 1,
                            self.r.randrange(limit + 2)])
        jam = self.r.choice([-1, 0, 14400, 61, 60, DAY - 1])
        error = self.r.choice([120, 120, 10, 43200])
        clock = at + self.r.choice([0, 0, 5, -5, 119, -119, 121, 3600])
        half = self.r.randint(0, 1)
        return (s // 3600 + (24 if self.r.random() < 0.01 else 0),
                s // 60 % 60, s % 60, ff, drop, pairs, half,
                half and self.r.randint(0, 1), ts, d, 0, utc_offset, jam,
                error * S, *self.epoch(), clock * S + self.r.randrange(S))

    def pts(self):
        clock = self.ns()
        pair = self.r.choice([(0, 0), (8589930000, 156212064000000),
                              (self.r.randrange(W), self.r.randrange(2**50))])
        value = self.r.choice([0, W - 1, self.r.randrange(W)])
        return (*pair, value, clock, *self.r.choice(VIDEO), 0)

    def audio(self):
        size = self.r.choice([1024, 960, 1536, 2048, 1152, 1])
        return (self.r.choice([self.r.randrange(10000),
                               self.r.randrange(2**48)]),
                self.r.choice([0, 312, 1024, 2048, 2112,
                               self.r.randrange(5000)]), size,
                self.r.randrange(6))

    def leap(self):
        at = self.r.choice([self.seconds(),
                            self.r.choice(LEAPS)[0] + self.r.randint(-3, 3)])
        return at, at + self.r.randint(9, 14)

    def random(self, n):
        kinds = sorted(ANSWERS)
        for i in range(n):
            kind = kinds[i % len(kinds)]
            yield kind, getattr(self, kind)()

    def year(self):
        """every rate through 2025: segments from hour to hour, and whole
        hours of them"""
        for dn, dd in DURATIONS:
            first = NEW_YEAR * dd // dn
            per_hour = 3600 * dd // dn
            for ts, d in self.r.sample(VIDEO + AUDIO, 4):
                for hour in range(0, 8760, 8):
                    yield 'segment', (dn, dd, ts, d, 0,
                                      first + hour * per_hour)
                start = first + self.r.randrange(8759) * per_hour
                for k in range(start, start + 100):
                    yield 'segment', (dn, dd, ts, d, 0, k)


def expected(kind, numbers):
    values = ANSWERS[kind](*numbers)
    return 'none' if values is None else ' '.join(str(int(v)) for v in values)


def ask(driver, questions):
    with tempfile.NamedTemporaryFile('w', suffix='.list') as table:
        for at, offset in LEAPS:
            table.write(f'{at + NTP} {offset}\n')
        table.flush()
        text = ''.join(f"{kind} {' '.join(str(int(v)) for v in numbers)}\n"
                       for kind, numbers in questions)
        done = subprocess.run([driver, table.name], input=text, text=True,
                              stdout=subprocess.PIPE, check=True)
    return done.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('driver')
    parser.add_argument('--cases', type=int, default=100000)
    parser.add_argument('--seed', type=int,
                        default=random.SystemRandom().randrange(2**32))
    args = parser.parse_args()
    print(f'seed {args.seed}')
    cases = Cases(args.seed)
    questions = list(cases.random(args.cases)) + list(cases.year())
    answers = ask(args.driver, questions)
    if len(answers) != len(questions):
        print(f'{len(answers)} answers to {len(questions)} questions')
        return 1
    wrong = {}
    counts = {}
    for (kind, numbers), answer in zip(questions, answers):
        counts[kind] = counts.get(kind, 0) + 1
        if answer != expected(kind, numbers):
            wrong.setdefault(kind, []).append((numbers, answer))
    for kind, list_ in wrong.items():
        for numbers, answer in list_[:3]:
            print(f'{kind} {numbers}: found {answer}, '
                  f'needs {expected(kind, numbers)}')
    print(', '.join(f'{n} {kind}' for kind, n in sorted(counts.items())))
    n_wrong = sum(len(list_) for list_ in wrong.values())
    print(f'{len(questions)} cases, {n_wrong} wrong')
    return 1 if n_wrong else 0


if __name__ == '__main__':
    sys.exit(main())
