# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Reads the manifests of a directory independently of the library: are all
files there, and does each track continue without a hole?"""
import pathlib
import re
import xml.etree.ElementTree as ET

MPD = '{urn:mpeg:dash:schema:mpd:2011}'


def expand(template, representation, number, time):
    def value(match):
        name, width = match.group(1), match.group(2)
        found = {'RepresentationID': representation, 'Number': number,
                 'Time': time, '': '$'}[name]
        return str(found).zfill(int(width)) if width else str(found)
    return re.sub(r'\$(\w*)(?:%0(\d+)d)?\$', value, template)


def template_of(adaptation, representation):
    """Attributes of SegmentTemplate, inherited, and the S elements."""
    attributes, timeline = {}, []
    for level in (adaptation, representation):
        template = level.find(f'{MPD}SegmentTemplate')
        if template is not None:
            attributes.update(template.attrib)
            timeline = template.findall(f'{MPD}SegmentTimeline/{MPD}S') or timeline
    return attributes, timeline


def check_track(failures, folder, adaptation, representation):
    """The number of segments."""
    name = representation.get('id')
    attributes, timeline = template_of(adaptation, representation)
    number = int(attributes.get('startNumber', 1))
    time, count = None, 0
    init = expand(attributes['initialization'], name, 0, 0)
    failures.expect((folder / init).is_file(), f'{init} is not there')
    for entry in timeline:
        start = int(entry.get('t', time or 0))
        failures.expect(time in (None, start), f'{name}: hole at {time}')
        time = start
        for _ in range(int(entry.get('r', 0)) + 1):
            media = expand(attributes['media'], name, number, time)
            failures.expect((folder / media).is_file(), f'{media} is not there')
            time += int(entry.get('d'))
            number += 1
            count += 1
    failures.expect(count > 0, f'{name}: no segment')
    return count


def names_in_mpd(text):
    """The files that an MPD names, relative to it."""
    for adaptation in ET.fromstring(text).iter(f'{MPD}AdaptationSet'):
        for representation in adaptation.findall(f'{MPD}Representation'):
            name = representation.get('id')
            attributes, timeline = template_of(adaptation, representation)
            number = int(attributes.get('startNumber', 1))
            time = 0
            yield expand(attributes['initialization'], name, 0, 0)
            for entry in timeline:
                time = int(entry.get('t', time))
                for _ in range(int(entry.get('r', 0)) + 1):
                    yield expand(attributes['media'], name, number, time)
                    time += int(entry.get('d'))
                    number += 1


def end_of(text):
    """Presentation time of the end of a static MPD, in seconds."""
    duration = ET.fromstring(text).get('mediaPresentationDuration')
    return float(re.fullmatch(r'PT([\d.]+)S', duration).group(1))


def check_mpd(failures, folder):
    """{Representation id: segments} of stream.mpd."""
    root = ET.parse(pathlib.Path(folder) / 'stream.mpd').getroot()
    periods = root.findall(f'{MPD}Period')
    failures.expect(len(periods) == 1, f'{len(periods)} periods')
    return {representation.get('id'): check_track(
                failures, pathlib.Path(folder), adaptation, representation)
            for adaptation in periods[0].findall(f'{MPD}AdaptationSet')
            for representation in adaptation.findall(f'{MPD}Representation')}


def check_hls(failures, folder):
    """{playlist: segments} of all media playlists of master.m3u8."""
    folder = pathlib.Path(folder)
    master = (folder / 'master.m3u8').read_text(encoding='utf-8')
    names = set(re.findall(r'^([^#\s].*)$', master, re.M))
    names |= set(re.findall(r'URI="([^"]*)"', master))
    counts = {}
    for name in sorted(names):
        text = (folder / name).read_text(encoding='utf-8')
        failures.expect('EXT-X-GAP' not in text, f'{name}: a gap')
        failures.expect('EXT-X-DISCONTINUITY\n' not in text,
                        f'{name}: a discontinuity')
        files = re.findall(r'^([^#\s].*)$', text, re.M)
        files += re.findall(r'EXT-X-MAP:URI="([^"]*)"', text)
        for file in files:
            path = (folder / name).parent / file
            failures.expect(path.is_file(), f'{name}: {file} is not there')
        counts[name] = len(re.findall(r'^#EXTINF', text, re.M))
        failures.expect(counts[name] > 0, f'{name}: no segment')
    return counts
