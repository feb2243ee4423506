// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// Bytes on their way into one SourceBuffer: never while it is updating, several
// at once when they wait, old ones removed behind the viewer.

const MAX_APPEND = 1 << 20;
const KEEP_BEHIND = 10; // s
const REMOVE_EVERY = 5000; // ms

function join(parts) {
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(parts.reduce((n, p) => n + p.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}

export class AppendQueue {
  #buffer;
  #video;
  #waiting = []; // of Uint8Array, or functions that change the buffer
  #removedAt = 0;
  #retried = false;

  /** onFull: nothing fits any more; begin anew. */
  constructor(buffer, video, onFull) {
    this.#buffer = buffer;
    this.#video = video;
    this.onFull = onFull;
    buffer.addEventListener('updateend', () => this.#next());
  }

  get ranges() {
    try {
      return this.#buffer.buffered;
    } catch { // it was taken from its MediaSource
      return { length: 0 };
    }
  }

  push(bytes) {
    this.#waiting.push(bytes);
    this.#next();
  }

  /** Calls change(buffer) between what was pushed before and after. */
  change(change) {
    this.#waiting.push(change);
    this.#next();
  }

  #trim(now) {
    const until = this.#video.currentTime - KEEP_BEHIND;
    const { ranges } = this;
    if (now - this.#removedAt < REMOVE_EVERY || !ranges.length
        || ranges.start(0) >= until) return false;
    this.#removedAt = now;
    this.#buffer.remove(0, until);
    return true;
  }

  #take() {
    const parts = [];
    let size = 0;
    while (this.#waiting.length && this.#waiting[0].byteLength !== undefined
           && (!size || size + this.#waiting[0].byteLength <= MAX_APPEND)) {
      const part = this.#waiting.shift();
      parts.push(part);
      size += part.byteLength;
    }
    return join(parts);
  }

  #full(bytes) {
    if (this.#retried) return this.onFull();
    this.#retried = true;
    this.#waiting.unshift(bytes);
    this.#buffer.remove(0, Math.max(this.#video.currentTime - 1, 0.1));
  }

  #next() {
    if (this.#buffer.updating || !this.#waiting.length) return;
    if (this.#trim(performance.now())) return;
    if (typeof this.#waiting[0] === 'function') {
      this.#waiting.shift()(this.#buffer);
      return this.#next();
    }
    const bytes = this.#take();
    try {
      this.#buffer.appendBuffer(bytes);
      this.#retried = false;
    } catch (error) {
      if (error.name === 'QuotaExceededError') this.#full(bytes);
      else if (error.name !== 'InvalidStateError') throw error;
    }
  }
}
