// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

import assert from 'node:assert/strict';
import test from 'node:test';
import { AppendQueue } from '../../../gst/cmaforigin/player/append-queue.js';
import { Clock } from '../../../gst/cmaforigin/player/clock.js';
import { Feed, delayAfter } from '../../../gst/cmaforigin/player/feed.js';
import { configOf } from '../../../gst/cmaforigin/player/native.js';
import { pace, wantedBuffer } from '../../../gst/cmaforigin/player/pace.js';

test('the clock trusts the quickest exchange, whatever the client thinks', () => {
  for (const shift of [-3e6, 0, 5e6, 7.8e6]) {
    const clock = new Clock();
    assert.equal(clock.isKnown, false);
    // server = client + shift; out and back take different times
    for (const [out, back] of [[9000, 1000], [400, 600], [20000, 100]])
      clock.add(1e9, 1e9 + out + shift, 1e9 + out + shift + 50,
        1e9 + out + 50 + back);
    assert.ok(Math.abs(clock.offset - shift) <= 500, `${clock.offset}`);
    assert.equal(clock.rtt, 1000);
    assert.equal(clock.toServer(10), 10 + clock.offset);
  }
});

test('a clock forgets old exchanges and ignores impossible ones', () => {
  const clock = new Clock();
  clock.add(0, 0, 100, 50); // the server took longer than the whole
  assert.equal(clock.isKnown, false);
  clock.add(0, 5, 5, 10);
  for (let i = 0; i < 16; i++) clock.add(0, 1000, 1000, 1000);
  assert.equal(clock.rtt, 1000);
});

const calm = { bufferMs: 400, latencyMs: 250, targetMs: 250, rateMin: 0.95,
  rateMax: 1.05, chunkMs: 40, marginMs: 40, playedMs: 10000, jumpedMs: 1e9 };

for (const [name, change, rate, jumps] of [
  ['in time', {}, 1, false],
  ['a little late', { latencyMs: 262 }, 1, false],
  ['60 ms late', { latencyMs: 310 }, 1.03, false],
  ['half a second late', { latencyMs: 750, bufferMs: 900 }, 1.05, false],
  ['late, but with nothing to spare', { latencyMs: 750, bufferMs: 110 }, 1, false],
  ['late, and the buffer low', { latencyMs: 750, bufferMs: 50 }, 0.975, false],
  ['too early', { latencyMs: 150 }, 0.95, false],
  ['latency unknown, buffer decides', { latencyMs: null, bufferMs: 200 }, 1.05,
    false],
  ['far behind', { latencyMs: 2500, bufferMs: 2400 }, 1, true],
  ['far behind, but just jumped',
    { latencyMs: 2500, bufferMs: 2400, jumpedMs: 100 }, 1.05, false],
  ['a bit behind at the start',
    { latencyMs: 700, bufferMs: 700, playedMs: 500 }, 1, true],
]) {
  test(`pace: ${name}`, () => {
    const result = pace({ ...calm, ...change });
    assert.ok(Math.abs(result.rate - rate) < 0.006, `rate ${result.rate}`);
    assert.equal(result.jumpMs > 0, jumps);
    // a jump stays inside of what is buffered
    assert.ok(!jumps || result.jumpMs <= { ...calm, ...change }.bufferMs
      - wantedBuffer(calm));
  });
}

test('reconnecting: 0.25 s doubling to 8 s, half to one and a half of it', () => {
  const list = [1, 2, 3, 4, 5, 6, 7, 50].map((n) => delayAfter(n, 0.5));
  assert.deepEqual(list, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
  assert.equal(delayAfter(1, 0), 125);
});

class FakeBuffer extends EventTarget {
  updating = false;
  log = [];
  buffered = { length: 0 };
  full = 0;
  appendBuffer(bytes) {
    assert.equal(this.updating, false);
    if (this.full-- > 0) throw new DOMException('full', 'QuotaExceededError');
    this.updating = true;
    this.log.push(`append ${bytes.byteLength}`);
  }
  remove(start, end) {
    this.updating = true;
    this.log.push(`remove ${start}-${end}`);
  }
  done() {
    this.updating = false;
    this.dispatchEvent(new Event('updateend'));
  }
}

test('appends wait, then go together; changes keep their place', () => {
  const buffer = new FakeBuffer();
  const queue = new AppendQueue(buffer, { currentTime: 0 });
  for (let i = 0; i < 3; i++) queue.push(new Uint8Array(10));
  queue.change((b) => b.log.push('change'));
  queue.push(new Uint8Array(1 << 20));
  queue.push(new Uint8Array(5));
  for (let i = 0; i < 5; i++) buffer.done();
  assert.deepEqual(buffer.log,
    ['append 10', 'append 20', 'change', 'append 1048576', 'append 5']);
});

test('a full buffer loses what is behind, once; then all begins anew', () => {
  const buffer = new FakeBuffer();
  let restarts = 0;
  const queue = new AppendQueue(buffer, { currentTime: 30 }, () => restarts++);
  buffer.full = 1;
  queue.push(new Uint8Array(7));
  assert.deepEqual(buffer.log, ['remove 0-29']);
  buffer.done();
  assert.deepEqual(buffer.log, ['remove 0-29', 'append 7']);
  buffer.full = 2;
  buffer.done();
  queue.push(new Uint8Array(8));
  buffer.done();
  assert.equal(restarts, 1);
});

class FakeSocket {
  static OPEN = 1;
  static all = [];
  readyState = 1;
  sent = [];
  constructor(url, protocol) {
    assert.equal(protocol, 'cmaf-live.v1');
    FakeSocket.all.push(this);
  }
  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
  hear(message) { this.onmessage({ data: JSON.stringify(message) }); }
}

test('a feed says hello, measures the clock and comes back', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  globalThis.WebSocket = FakeSocket;
  const heard = [];
  const feed = new Feed('ws://x', { mse: 'mse' }, {
    welcome: () => heard.push('welcome'),
    lost: (code, often) => heard.push(`lost ${code} ${often}`),
    closed: (code) => heard.push(`closed ${code}`),
  });
  feed.open();
  const [first] = FakeSocket.all;
  first.onopen();
  assert.deepEqual(first.sent, [{ t: 'hello', ver: 1, mse: 'mse' }]);
  first.hear({ t: 'welcome', sid: 'abc' });
  t.mock.timers.tick(400);
  assert.equal(first.sent.filter((m) => m.t === 'ping').length, 8);
  const { n, t0_us } = first.sent.at(-1);
  first.hear({ t: 'pong', n, t0_us, t1_us: t0_us, t2_us: t0_us });
  assert.ok(feed.clock.isKnown);
  first.onclose({ code: 1006, reason: '' });
  t.mock.timers.tick(400);
  const second = FakeSocket.all[1];
  second.onopen();
  assert.equal(second.sent[0].sid, 'abc');
  second.onclose({ code: 4090, reason: 'ended' });
  t.mock.timers.tick(60000);
  assert.equal(FakeSocket.all.length, 2);
  assert.deepEqual(heard, ['welcome', 'lost 1006 false', 'closed 4090']);
});

test('without a feed the best track of each kind stands for the programme', () => {
  const tracks = [
    { name: 'lo', kind: 'video', kbps: 400, source: 'A' },
    { name: 'hi', kind: 'video', kbps: 1500, source: 'B' },
    { name: 'a', kind: 'audio', kbps: 96, source: 'A' },
  ];
  const config = configOf({ ch: 'one', title: 'One', tracks });

  assert.equal(config.ch, 'one');
  assert.equal(config.title, 'One');
  assert.deepEqual(config.streams.map((s) => [s.track, s.source]),
    [['hi', 'B'], ['a', 'A']]);
  assert.deepEqual(configOf({ ch: 'x', tracks: [] }).streams, []);
});
