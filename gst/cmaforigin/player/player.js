// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// Media messages -> MediaSource -> <video>, close to live: one SourceBuffer a
// kind, both begun at the same instant, and a pace that keeps the distance.

import { AppendQueue } from './append-queue.js';
import { localUs } from './clock.js';
import { Feed } from './feed.js';
import { Flag, Kind } from './media-header.js';
import { pace, wantedBuffer } from './pace.js';

const STEP_MS = 50;
const STATS_MS = 2000;
const FROZEN_MS = 1000;
const GAP_S = 2;
const HIDDEN_MS = 10000;
const MAX_MARGIN_MS = 2000;

const CODECS = ['avc1.64001f', 'avc3.64001f', 'hvc1.1.6.L93.B0',
  'hev1.1.6.L93.B0', 'av01.0.04M.08', 'mp4a.40.2', 'opus', 'ac-3', 'ec-3',
  'flac'];
const NAMES = { flac: 'fLaC' };

export const Source = globalThis.ManagedMediaSource && !globalThis.MediaSource
  ? globalThis.ManagedMediaSource : globalThis.MediaSource;

const typeOf = (codec) =>
  `${/^(av|hv|he)/.test(codec) ? 'video' : 'audio'}/mp4; codecs="${codec}"`;

/** End of what is buffered around `time`, or `time`. */
function bufferedEnd(ranges, time) {
  for (let i = 0; i < ranges.length; i++)
    if (ranges.start(i) <= time + 0.1 && time < ranges.end(i))
      return ranges.end(i);
  return time;
}

export class Player {
  stats = { latencyMs: null, bufferMs: 0, rate: 1, stalls: 0, stallMs: 0,
    jumps: 0, drops: 0, received: 0 };
  #video;
  #feed;
  #channel;
  #on;
  #media = null; // MediaSource
  #queues = new Map(); // stream -> {queue, config, generation, last}
  #zero = null; // seconds of media time at which the timeline begins
  #waiting = []; // messages before the MediaSource is open
  #target = { ms: 250, rate_min: 0.95, rate_max: 1.05 };
  #chunkMs = 40;
  #marginMs = 40;
  #startedAt = 0;
  #jumpedAt = -Infinity;
  #stalledAt = 0;
  #frames = { count: 0, at: 0 };
  #hiddenTimer = 0;
  #isPaused = false;
  #epoch = null;

  /** on: status, end, lost, fallback, playing, error */
  constructor(video, url, channel, on) {
    this.#video = video;
    this.#channel = channel;
    this.#on = on;
    const hello = {
      client: { name: 'gst-cmaf page', ua: navigator.userAgent },
      mse: Source === globalThis.MediaSource ? 'mse' : 'mms',
      codecs: CODECS.filter((c) => Source.isTypeSupported(typeOf(c)))
        .map((c) => NAMES[c] ?? c),
      view: { w: innerWidth, h: innerHeight, dpr: devicePixelRatio },
    };
    this.#feed = new Feed(url, hello, {
      welcome: () => this.#subscribe(),
      config: (m) => this.#configure(m),
      media: (header) => this.#take(header),
      target: (m) => { this.#target = m; },
      drop: () => { this.stats.drops++; },
      status: (m) => on.status?.(m),
      end: () => this.#end(),
      closed: (code, reason) => on.closed?.(code, reason),
      lost: (code, often) => on.lost?.(code, often),
    });
    video.addEventListener('waiting', () => this.#stalled());
    video.addEventListener('playing', () => this.#moving());
    video.addEventListener('error', () => this.#restart());
    document.addEventListener('visibilitychange', () => this.#visibility());
    setInterval(() => this.#step(), STEP_MS);
    setInterval(() => this.#report(), STATS_MS);
  }

  start() { this.#feed.open(); }
  stop() {
    this.#feed.close();
    this.#media = null;
  }

  #subscribe() {
    this.#isPaused = false;
    this.#feed.send({ t: 'sub', ch: this.#channel, video: 'auto',
      audio: 'auto', start: 'fast' });
  }

  #restart() {
    this.#media = null;
    this.#subscribe();
  }

  // ---- the MediaSource ----

  #configure(config) {
    this.#target = config.target;
    this.config = config;
    this.#on.config?.(config);
    const known = config.streams.length === this.#queues.size
      && config.streams.every((s) => this.#queues.has(s.stream));
    if (this.#media && known && config.epoch === this.#epoch) {
      for (const s of config.streams) this.#queues.get(s.stream).config = s;
      return;
    }
    // another track of the same kind goes into the same SourceBuffer
    this.#epoch = config.epoch;
    this.#open(config);
  }

  #open(config) {
    const media = new Source();
    this.#media = media;
    this.#queues = new Map();
    this.#waiting = [];
    this.#zero = null;
    this.#startedAt = 0;
    this.#video.disableRemotePlayback = true;
    this.#video.src = URL.createObjectURL(media);
    media.addEventListener('startstreaming', () => this.#pause(false));
    media.addEventListener('endstreaming', () => this.#pause(true));
    for (const s of config.streams) this.#queues.set(s.stream, { config: s });
    media.addEventListener('sourceopen', () => {
      URL.revokeObjectURL(this.#video.src);
      if (media !== this.#media) return;
      media.duration = Infinity;
      for (const s of config.streams) {
        const buffer = media.addSourceBuffer(s.mime);
        buffer.mode = 'segments';
        this.#queues.get(s.stream).queue =
          new AppendQueue(buffer, this.#video, () => this.#restart());
      }
      const waiting = this.#waiting;
      this.#waiting = [];
      waiting.forEach((header) => this.#take(header));
    }, { once: true });
  }

  #take(header) {
    const track = this.#queues.get(header.stream);
    if (!track || !this.#media) return;
    this.stats.received += header.payload.byteLength;
    // both kinds must be known before the first append
    if (!track.queue) {
      this.#waiting.push(header);
      return;
    }
    if (header.kind === Kind.HEADER) this.#takeHeader(track, header);
    else if (header.kind === Kind.CHUNK) this.#takeChunk(track, header);
  }

  #takeHeader(track, header) {
    if (track.generation !== undefined
        && track.generation !== header.generation)
      track.queue.change((buffer) => buffer.changeType?.(track.config.mime));
    track.generation = header.generation;
    track.queue.push(header.payload);
  }

  #takeChunk(track, header) {
    const at = header.ept / track.config.timescale;
    if (this.#zero === null) {
      this.#zero = at;
      for (const { queue } of this.#queues.values())
        queue.change((buffer) => { buffer.timestampOffset = -at; });
    }
    const length = header.duration / track.config.timescale;
    this.#chunkMs = Math.max(length * 1000, this.#chunkMs * 0.98);
    track.last = { header, at: at - this.#zero, until: at - this.#zero + length };
    track.queue.push(header.payload);
  }

  // ---- close to live ----

  get #bufferEnd() {
    let end = Infinity;
    for (const { queue } of this.#queues.values())
      end = Math.min(end,
        queue ? bufferedEnd(queue.ranges, this.#video.currentTime) : 0);
    return end === Infinity ? 0 : end;
  }

  /** What both kinds have: [start, end] of the last common range. */
  #common() {
    let start = 0, end = Infinity;
    for (const { queue } of this.#queues.values()) {
      const n = queue?.ranges.length ?? 0;
      if (!n) return null;
      start = Math.max(start, queue.ranges.start(n - 1));
      end = Math.min(end, queue.ranges.end(n - 1));
    }
    return end > start ? [start, end] : null;
  }

  #latency() {
    const track = [...this.#queues.values()].find((t) => t.last);
    const { clock } = this.#feed;
    if (!track || !clock.isKnown || !track.last.header.captureUs) return null;
    const captured = track.last.header.captureUs
      + (this.#video.currentTime - track.last.at) * 1e6;
    return (clock.toServer(localUs()) - captured) / 1000;
  }

  #begin() {
    const common = this.#common();
    const buffer = wantedBuffer({ chunkMs: this.#chunkMs,
      marginMs: this.#marginMs }) / 1000;
    if (!common || common[1] - common[0] < Math.min(buffer, 3)) return;
    this.#startedAt = performance.now();
    this.#video.currentTime = Math.max(common[0], common[1] - buffer);
    this.#play();
  }

  #play() {
    const promise = this.#video.play();
    promise?.catch((error) => {
      if (error.name !== 'NotAllowedError') return;
      this.#video.muted = true;
      this.#video.play().catch(() => this.#on.blocked?.());
    });
  }

  #step() {
    if (!this.#media || this.#isPaused) return;
    if (!this.#startedAt) return this.#begin();
    const video = this.#video;
    const now = performance.now();
    this.stats.bufferMs = (this.#bufferEnd - video.currentTime) * 1000;
    const latency = this.#latency();
    this.stats.latencyMs = latency === null ? null
      : (this.stats.latencyMs ?? latency) * 0.9 + latency * 0.1;
    if (this.stats.bufferMs <= 20) return this.#overGap();
    if (video.paused && !video.ended) this.#play();
    this.#thaw(now);
    const { rate, jumpMs } = pace({ bufferMs: this.stats.bufferMs,
      latencyMs: this.stats.latencyMs, targetMs: this.#target.ms,
      rateMin: this.#target.rate_min, rateMax: this.#target.rate_max,
      chunkMs: this.#chunkMs, marginMs: this.#marginMs,
      playedMs: now - this.#startedAt, jumpedMs: now - this.#jumpedAt });
    if (jumpMs) {
      this.#jumpedAt = now;
      this.stats.jumps++;
      video.currentTime += jumpMs / 1000;
      this.stats.latencyMs = null;
    }
    if (Math.abs(video.playbackRate - rate) >= 0.005) video.playbackRate = rate;
    this.stats.rate = video.playbackRate;
  }

  /** Nothing to play here, but soon after. */
  #overGap() {
    const common = this.#common();
    const time = this.#video.currentTime;
    if (common && common[0] > time && common[0] - time < GAP_S)
      this.#video.currentTime = common[0];
    else if (common && common[1] - time > GAP_S)
      this.#video.currentTime = Math.max(common[0],
        common[1] - wantedBuffer({ chunkMs: this.#chunkMs,
          marginMs: this.#marginMs }) / 1000);
  }

  /** Data ahead and no new picture for a second: a nudge. */
  #thaw(now) {
    const count = this.#video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
    if (count !== this.#frames.count || this.#video.paused
        || document.hidden || !this.#video.videoWidth) {
      this.#frames = { count, at: now };
    } else if (now - this.#frames.at > FROZEN_MS) {
      this.#frames.at = now;
      this.#video.currentTime += 0.001;
    }
  }

  #stalled() {
    if (!this.#startedAt || this.#stalledAt) return;
    const now = performance.now();
    this.#stalledAt = now;
    // a seek of ours waits too
    if (now - Math.max(this.#startedAt, this.#jumpedAt) < 1000) return;
    this.stats.stalls++;
    this.#marginMs = Math.min(MAX_MARGIN_MS,
      this.#marginMs + Math.min(this.#chunkMs, 300) + 20);
  }

  #moving() {
    if (this.#stalledAt) this.stats.stallMs += performance.now() - this.#stalledAt;
    this.#stalledAt = 0;
    this.#on.playing?.();
  }

  // ---- the rest ----

  #pause(isPaused) {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#feed.send({ t: isPaused ? 'pause' : 'resume' });
    if (!isPaused) this.#jumpedAt = -Infinity;
  }

  /** Nobody sees it and nobody hears it. */
  #visibility() {
    clearTimeout(this.#hiddenTimer);
    if (!document.hidden) {
      this.#pause(false);
      this.#feed.syncClock();
    } else if (this.#video.muted || this.#video.volume === 0) {
      this.#hiddenTimer = setTimeout(() => this.#pause(true), HIDDEN_MS);
    }
  }

  #end() {
    const done = () => this.#on.end?.();
    const left = Math.max(0, this.stats.bufferMs);
    this.#isPaused = true;
    setTimeout(done, Math.min(left, 10000));
  }

  #report() {
    const quality = this.#video.getVideoPlaybackQuality?.();
    const { latencyMs, bufferMs, rate, stalls, stallMs } = this.stats;
    this.#feed.send({ t: 'stats',
      lat_ms: latencyMs === null ? null : Math.round(latencyMs),
      lat_src: latencyMs === null ? 'buffer' : 'capture',
      buf_ms: Math.round(bufferMs), rate, stalls, stall_ms: Math.round(stallMs),
      frames: quality?.totalVideoFrames ?? 0,
      dropped: quality?.droppedVideoFrames ?? 0,
      rtt_ms: Math.round(this.#feed.clock.rtt / 1000),
      off_us: Math.round(this.#feed.clock.offset),
      vis: !document.hidden, muted: this.#video.muted,
      w: this.#video.videoWidth, h: this.#video.videoHeight });
  }
}
