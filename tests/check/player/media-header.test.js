// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parse, unbundle } from '../../../gst/cmaforigin/player/media-header.js';

const vectors = JSON.parse(readFileSync(
  new URL('../files/media-header-vectors.json', import.meta.url)));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));

for (const vector of vectors) {
  test(`media header: ${vector.name}`, () => {
    const header = parse(bytes(vector.hex).buffer);
    if (!vector.valid) return assert.equal(header, null);
    for (const key of ['kind', 'flags', 'stream', 'generation', 'sequence',
      'number', 'chunk', 'nSamples', 'duration', 'ept', 'captureUs',
      'publishedUs'])
      assert.equal(header[key], vector[key], key);
    assert.equal(Buffer.from(header.payload).toString('hex'), vector.payload);
  });
}

test('every prefix of a header is refused', () => {
  const whole = bytes(vectors[0].hex);
  for (let n = 0; n < 48; n++)
    assert.equal(parse(whole.slice(0, n).buffer), null);
});

test('a bundle gives its messages and stops where it is cut', () => {
  const inner = [bytes(vectors[1].hex), bytes(vectors[2].hex)];
  const outer = bytes(vectors[4].hex);
  outer[1] = 2;
  const parts = [outer];
  for (const message of inner)
    parts.push(Uint8Array.from([0, 0, 0, message.length]), message);
  const bundle = Buffer.concat(parts);
  const read = (n) => [...unbundle(parse(Uint8Array.from(
    bundle.subarray(0, n)).buffer))];
  assert.deepEqual(read(bundle.length).map((m) => m.stream), [1, 2]);
  assert.equal(read(bundle.length - 1).length, 1);
  assert.equal(read(50).length, 0);
});
