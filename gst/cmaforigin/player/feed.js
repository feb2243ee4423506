// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// One connection of cmaf-live.v1, made again when it breaks. Calls back with
// what it hears: on.config, on.media, on.status, on.end, ...; see `handlers`.

import { Clock, localUs } from './clock.js';
import { Kind, parse, unbundle } from './media-header.js';

const FIRST_DELAY = 250;
const LAST_DELAY = 8000;
const FINAL = new Set([4001, 4003, 4004, 4010, 4090, 4091]);
const FAILURES_FOR_FALLBACK = 3;

export function delayAfter(failures, random = Math.random()) {
  const delay = Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
  return delay * (0.5 + random);
}

export class Feed {
  clock = new Clock();
  #url;
  #hello;
  #socket = null;
  #failures = 0;
  #timers = new Set();
  #stopped = false;
  #pings = 0;

  /** on: functions by name of what happens, each optional. */
  constructor(url, hello, on) {
    this.#url = url;
    this.#hello = hello;
    this.on = on;
  }

  #later(ms, what) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      what();
    }, ms);
    this.#timers.add(timer);
  }

  #clearTimers() {
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
  }

  open() {
    this.#stopped = false;
    this.#clearTimers();
    const socket = new WebSocket(this.#url, 'cmaf-live.v1');
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.send({ t: 'hello', ver: 1, ...this.#hello });
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      if (typeof data === 'string') this.#text(JSON.parse(data));
      else this.#media(parse(data));
    };
    socket.onclose = ({ code, reason }) => {
      if (socket === this.#socket) this.#closed(code, reason);
    };
  }

  close() {
    this.#stopped = true;
    this.#clearTimers();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
  }

  #closed(code, reason) {
    this.#clearTimers();
    this.#socket = null;
    if (this.#stopped || FINAL.has(code)) {
      this.on.closed?.(code, reason);
      return;
    }
    this.#failures++;
    this.on.lost?.(code, this.#failures >= FAILURES_FOR_FALLBACK);
    this.#later(delayAfter(this.#failures), () => this.open());
  }

  #media(header) {
    if (!header) return;
    if (header.kind === Kind.BUNDLE)
      for (const inner of unbundle(header)) this.#media(inner);
    else
      this.on.media?.(header);
  }

  ping() {
    this.send({ t: 'ping', n: ++this.#pings, t0_us: localUs() });
  }

  /** A burst, then now and then: LIV-71. */
  syncClock() {
    for (let i = 0; i < 8; i++) this.#later(50 * i, () => this.ping());
    for (let i = 1; i <= 10; i++) this.#later(2000 * i, () => this.ping());
    const again = () => {
      this.ping();
      this.#later(10000, again);
    };
    this.#later(30000, again);
  }

  #text(message) {
    if (message.t === 'pong') {
      this.clock.add(message.t0_us, message.t1_us, message.t2_us, localUs());
      return;
    }
    if (message.t === 'welcome') {
      this.#hello.sid = message.sid;
      this.syncClock();
    }
    if (message.t === 'subscribed') this.#failures = 0;
    this.on[message.t]?.(message);
  }
}
