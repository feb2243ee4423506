// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// player.html?engine=hls|dash|shaka|native&src=URL
'use strict';

const query = new URLSearchParams(location.search);
const video = document.getElementById('video');
const note = (text) => measure.errors.push(text);

// Two segments, so that no player waits for the second while others start.
const ENOUGH = 3;

const enough = () => new Promise((resolve) => {
  video.addEventListener('progress', () => {
    const { buffered, currentTime } = video;

    if (buffered.length > 0 && buffered.end(0)
        >= Math.max(currentTime, buffered.start(0)) + ENOUGH)
      resolve();
  });
});

function load(script) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');

    element.src = script;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`no ${script}`));
    document.head.append(element);
  });
}

const engines = {
  async hls(src) {
    await load('/npm/hls.js/dist/hls.js');
    const player = new Hls();

    player.on(Hls.Events.ERROR, (_, data) =>
      note(`hls.js: ${data.details}${data.fatal ? ' (fatal)': ''} ${
        data.error ?? ''}`));
    player.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
      measure.events = Object.values(details.dateRanges).map((range) => (
        { from: 'playlist', id: range.id, at: range.startTime,
          out: range.attr['SCTE35-OUT'] }));
    });
    measure.describe = () => ({
      videos: player.levels.map((level) => (
        { codec: level.videoCodec, range: level.videoRange })),
      audios: player.audioTracks.map((track) => (
        { language: track.lang, channels: track.channels, codec: track.audioCodec })),
    });
    // what is chosen before the media is attached is forgotten
    video.addEventListener('playing', () => {
      player.subtitleTrack = player.subtitleTracks.length - 1;
    }, { once: true });
    player.loadSource(src);
    player.attachMedia(video);
    await enough();
  },

  async dash(src) {
    await load('/npm/dashjs/dist/modern/umd/dash.all.debug.js');
    const player = dashjs.MediaPlayer().create();

    // without UTCTiming in the MPD it would ask a server on the internet
    player.updateSettings({
      debug: { logLevel: 0 },
      streaming: { utcSynchronization: { enabled: false } },
    });
    player.on('error', (event) =>
      note(`dash.js: ${event.error?.code} ${event.error?.message}`));
    measure.describe = () => ({
      videos: player.getTracksFor('video').map((track) => ({ codec: track.codec })),
      audios: player.getTracksFor('audio').map((track) => (
        { language: track.lang, codec: track.codec })),
    });
    for (const [from, scheme] of [
      ['media', 'urn:scte:scte35:2013:bin'],
      ['MPD', 'urn:scte:scte35:2014:xml+bin']])
      player.on(scheme, ({ event }) => measure.events.push(
        { from, id: `${event.id}`, at: event.calculatedPresentationTime }));
    player.initialize(video, src, false);
    // it refreshes the MPD from the event `play` on, and must see it
    player.on('canPlay', () => video.paused && player.play());
  },

  async shaka(src) {
    await load('/npm/shaka-player/dist/shaka-player.compiled.debug.js');
    shaka.polyfill.installAll();
    const player = new shaka.Player();

    await player.attach(video);
    player.addEventListener('timelineregionadded', ({ detail }) =>
      measure.events.push(
        { from: 'MPD', id: detail.id, at: detail.startTime }));
    player.addEventListener('emsg', ({ detail }) => measure.events.push(
      { from: 'media', id: `${detail.id}`, at: detail.startTime }));
    player.addEventListener('error', (event) =>
      note(`shaka: ${event.detail.code} ${event.detail.message}`));
    measure.describe = () => ({
      videos: player.getVariantTracks().map((track) => (
        { codec: track.videoCodec, range: track.hdr })),
      audios: player.getVariantTracks().map((track) => (
        { language: track.language, channels: `${track.channelsCount}`,
          codec: track.audioCodec })),
    });
    await player.load(src);
    const [text] = player.getTextTracks();

    if (text)
      player.selectTextTrack(text);
  },

  async native(src) {
    video.src = src;
  },
};

async function start() {
  watch(video);
  await watchSound(video);
  await engines[query.get('engine')](query.get('src'));
  if (query.get('engine') !== 'dash')
    await video.play();
}

start().catch((error) => note(`${error.code ?? ''} ${error.message}`));
