// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// The server's clock, estimated from pings: the offset of the quickest of the
// last exchanges, because half its round trip is the largest error it can have.
// All times are microseconds.

const KEEP = 16;

export const localUs = () =>
  Math.round((performance.timeOrigin + performance.now()) * 1000);

export class Clock {
  #samples = [];

  /** Sent, received by the server, sent by it, received. */
  add(t0, t1, t2, t3) {
    const rtt = (t3 - t0) - (t2 - t1);
    if (!(rtt >= 0)) return;
    this.#samples.push({ rtt, offset: ((t1 - t0) + (t2 - t3)) / 2 });
    if (this.#samples.length > KEEP) this.#samples.shift();
  }

  #best() {
    return this.#samples.reduce(
      (best, s) => (!best || s.rtt < best.rtt ? s : best), null);
  }

  get isKnown() { return this.#samples.length > 0; }
  get offset() { return this.#best()?.offset ?? 0; }
  get rtt() { return this.#best()?.rtt ?? 0; }
  /** Local -> server time. */
  toServer(local) { return local + this.offset; }
}
