// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// The page: which channel, which engine, and what the viewer sees around the
// picture. <body data-embed> is the bare player of /ui/embed/CHANNEL.

import { NativePlayer, canPlayNative } from './native.js';
import { Player, Source } from './player.js';

const $ = (id) => document.getElementById(id);
const root = new URL('../', import.meta.url); // of the origin
const isEmbed = document.body.dataset.embed !== undefined;
const FALLBACK_RETRY_MS = 60000;
const ENDED = 4090;
const NO_TRACK = 4091;
// why the server will not play, in words of a viewer
const REFUSALS = {
  4000: 'This page and the server do not understand each other. Load it again.',
  4001: 'You are not allowed to watch this.',
  4003: 'The server does not let this site play its programme.',
  4004: 'There is no such channel.',
  4010: 'The programme is playing in another window now.',
  4091: 'This browser can decode none of the tracks. The links below may help.',
};
const FULL = 1013;

const video = $('video');
let player = null;

function show(state, text) {
  document.body.dataset.state = state;
  $('state').textContent = text;
}

function note(text) {
  $('note').textContent = text;
  $('note').hidden = !text;
}

// ---- sound ----

function showSound() {
  const isSilent = video.muted || video.volume === 0;
  $('mute').setAttribute('aria-pressed', String(isSilent));
  $('volume').value = video.muted ? 0 : Math.round(video.volume * 100);
  $('tap').hidden = !video.muted || document.body.dataset.state !== 'live';
}

function unmute() {
  video.muted = false;
  if (video.volume === 0) video.volume = 1;
  video.play().catch(() => { video.muted = true; });
}

$('mute').addEventListener('click', () => {
  if (video.muted || video.volume === 0) unmute();
  else video.muted = true;
});
$('volume').addEventListener('input', ({ target }) => {
  video.volume = target.value / 100;
  video.muted = video.volume === 0;
});
$('tap').addEventListener('click', unmute);
$('full').addEventListener('click', () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else $('stage').requestFullscreen?.();
});
video.addEventListener('volumechange', showSound);

// ---- facts ----

/** "gst-cmaf/0.1.0 (A)" -> "A" */
const shortName = (agent) => /\(([^()]+)\)\s*$/.exec(agent)?.[1] ?? agent;

function showSources(sources) {
  const names = [...new Set(
    Object.values(sources).filter(Boolean).map(shortName))];
  const text = names.join(' + ');
  const { source } = $('source').dataset;
  $('source').textContent = text || '\u2013';
  $('source').dataset.source = text;
  if (source && text && source !== text) flash($('source').parentElement);
}

/** Draws the eye to what has changed. */
function flash(element) {
  element.animate([{ background: 'var(--changed)' }, {}], 2500);
}

function showConfig(config) {
  const picture = config.streams.find((s) => s.w);
  const sound = config.streams.find((s) => s.kind === 'audio');
  $('title').textContent = config.title || config.ch;
  document.title = config.title || config.ch;
  $('picture').textContent = picture
    ? `${picture.w}\u00d7${picture.h} ${+picture.fps.toFixed(2)} fps` : '\u2013';
  $('codecs').textContent = [picture, sound].filter(Boolean)
    .map((s) => s.codec).join(' \u00b7 ');
  showSources(Object.fromEntries(
    config.streams.map((s) => [s.track, s.source])));
}

function showNumbers() {
  if (!player) return;
  const { latencyMs, bufferMs, rate, stalls, jumps, drops } = player.stats;
  $('latency').textContent = latencyMs === null ? '\u2013'
    : `${(latencyMs / 1000).toFixed(2)} s`;
  $('latency').dataset.ms = latencyMs === null ? '' : Math.round(latencyMs);
  $('buffer').textContent = `${Math.max(0, Math.round(bufferMs))} ms`;
  $('details').textContent = `rate ${rate.toFixed(3)} \u00b7 stalls ${stalls}`
    + ` \u00b7 jumps ${jumps} \u00b7 drops ${drops}`;
}

addEventListener('keydown', ({ key, target }) => {
  if (key === 's' && target.tagName !== 'INPUT')
    $('details').hidden = !$('details').hidden;
});

// ---- engines ----

/** What both engines call back. */
function callbacks(channel) {
  return {
    config: showConfig,
    playing() {
      show('live', 'LIVE');
      note('');
      showSound();
    },
    status({ state, sources }) {
      showSources(sources);
      note(state === 'source-lost' ? 'No signal. Waiting for the source.' : '');
    },
    lost(code, often) {
      show('lost', 'RECONNECTING');
      note(code === FULL ? 'The server is full. Trying again.'
        : 'The connection was lost. Trying again.');
      if (often && !video.buffered.length) fallBack(channel);
    },
    closed(code, reason) {
      if (code === ENDED) return; // end() comes when all is played
      if (code === NO_TRACK && fallBack(channel)) return;
      show('ended', 'OFF');
      note(REFUSALS[code] ?? `The server has stopped: ${reason || code}.`);
      showSound();
    },
    end() {
      show('ended', 'ENDED');
      note('The programme has ended.');
      showSound();
    },
    blocked() { $('tap').hidden = false; },
  };
}

function playFeed(channel) {
  const url = new URL('ws/v1', root);
  url.protocol = url.protocol.replace('http', 'ws');
  $('engine').textContent = 'WebSocket';
  player = new Player(video, url, channel, callbacks(channel));
  player.start();
}

function playNative(channel) {
  $('engine').textContent = 'HLS';
  player = new NativePlayer(video, root, channel, callbacks(channel));
  player.start();
}

/** Native HLS for a while, where there is any; FALSE: there is not. */
function fallBack(channel) {
  if (player instanceof NativePlayer || !canPlayNative(video)) return false;
  player.stop();
  playNative(channel);
  setTimeout(() => location.reload(), FALLBACK_RETRY_MS);
  return true;
}

function play(channel) {
  show('starting', 'CONNECTING');
  for (const [id, file] of [['hls', 'master.m3u8'], ['dash', 'stream.mpd']])
    $(id).href = new URL(`live/${channel}/${file}`, root);
  if (Source && globalThis.WebSocket) return playFeed(channel);
  if (canPlayNative(video)) return playNative(channel);
  show('ended', 'OFF');
  note('This browser plays none of our formats. The links below may help.');
}

// ---- which channel ----

async function listChannels() {
  const answer = await fetch(new URL('api/v1/channels', root));
  return (await answer.json()).list;
}

function showChoice(channels, current) {
  const select = $('channels');
  select.hidden = channels.length < 2;
  select.replaceChildren(...channels.map(({ ch, title }) => {
    const option = new Option(title || ch, ch);
    option.selected = ch === current;
    return option;
  }));
  select.onchange = () => { location.hash = select.value; };
}

async function choose() {
  if (isEmbed) return location.pathname.split('/').pop();
  const wanted = decodeURIComponent(location.hash.slice(1));
  const channels = await listChannels();
  const current = channels.some(({ ch }) => ch === wanted)
    ? wanted : channels[0]?.ch;
  showChoice(channels, current);
  return current;
}

addEventListener('hashchange', () => location.reload());
setInterval(showNumbers, 250);
showSound();
choose().then((channel) => {
  if (channel) return play(channel);
  show('ended', 'OFF');
  note('There is no channel.');
}, () => {
  show('lost', 'RECONNECTING');
  note('The server does not answer. Trying again.');
  setTimeout(() => location.reload(), 3000);
});
