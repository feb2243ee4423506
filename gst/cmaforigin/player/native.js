// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// HLS by the <video> itself, where there is no MediaSource (or nothing gets
// through a WebSocket): the same calls back as Player, what it cannot know of
// the programme is asked over HTTP.

const ASK_MS = 2000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 8000;

export const canPlayNative = (video) =>
  Boolean(video.canPlayType('application/vnd.apple.mpegurl'));

/** What the list of channels says, as in a `config`: the best of each kind. */
export function configOf(channel) {
  const best = new Map();
  for (const track of channel.tracks)
    if (!(best.get(track.kind)?.kbps >= track.kbps)) best.set(track.kind, track);
  return { ch: channel.ch, title: channel.title,
    streams: [...best.values()].map((track) => ({ ...track, track: track.name })) };
}

export class NativePlayer {
  stats = { latencyMs: null, bufferMs: 0, rate: 1, stalls: 0, jumps: 0, drops: 0 };
  #video;
  #playlist;
  #facts;
  #on;
  #failures = 0;
  #timers = new Set();
  #stop = new AbortController();

  /** root: of the origin. on: as for Player. */
  constructor(video, root, channel, on) {
    this.#video = video;
    this.#playlist = new URL(`live/${channel}/master.m3u8`, root);
    this.#facts = new URL(`api/v1/channels/${channel}`, root);
    this.#on = on;
    const { signal } = this.#stop;
    const listen = (name, call) => video.addEventListener(name, call, { signal });
    listen('playing', () => this.#playing());
    listen('waiting', () => { if (video.currentTime > 1) this.stats.stalls++; });
    listen('ended', () => this.#end());
    listen('error', () => this.#failed());
    listen('timeupdate', () => this.#measure());
  }

  start() {
    this.#video.src = this.#playlist;
    this.#play();
    this.#ask();
  }

  stop() {
    this.#stop.abort();
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
  }

  #later(ms, what) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      what();
    }, ms);
    this.#timers.add(timer);
  }

  #play() {
    this.#video.play().catch((error) => {
      if (error.name !== 'NotAllowedError') return;
      this.#video.muted = true;
      this.#video.play().catch(() => this.#on.blocked?.());
    });
  }

  #playing() {
    this.#failures = 0;
    this.#on.playing?.();
  }

  #end() {
    this.stop();
    this.#on.end?.();
  }

  #failed() {
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    this.#on.lost?.(this.#video.error?.code, false);
    this.#later(delay, () => {
      this.#video.src = this.#playlist;
      this.#play();
    });
  }

  #measure() {
    const { buffered, currentTime, playbackRate } = this.#video;
    const started = this.#video.getStartDate?.().getTime();
    this.stats.rate = playbackRate;
    this.stats.bufferMs = buffered.length
      ? (buffered.end(buffered.length - 1) - currentTime) * 1000 : 0;
    this.stats.latencyMs = started > 0
      ? Date.now() - started - currentTime * 1000 : null;
  }

  async #ask() {
    try {
      const { signal } = this.#stop;
      const channel = await (await fetch(this.#facts, { signal })).json();
      this.#on.config?.(configOf(channel));
    } catch { /* the picture tells whether it matters */ }
    if (!this.#stop.signal.aborted) this.#later(ASK_MS, () => this.#ask());
  }
}
