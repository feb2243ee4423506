// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// The 48 bytes in front of every media message of cmaf-live.v1. The same table
// as gst-libs/gst/cmafhttp/media-header.h; both are tested with the vectors in
// tests/check/files/media-header-vectors.json.

export const SIZE = 48;
export const Kind = { HEADER: 0, CHUNK: 1, BUNDLE: 2, EVENT: 3, CLOCK: 4 };
export const Flag = {
  KEY: 1, FIRST: 2, LAST: 4, DISCONTINUITY: 8, CACHED: 16, END: 32,
  TRUE_CAPTURE: 64,
};

// Exact below 2^53, which 1 MHz ticks reach in the year 2255.
const u64 = (view, at) => view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);

/** ArrayBuffer, or part of one, -> header with `payload`; null: not ours. */
export function parse(buffer, offset = 0, size = buffer.byteLength - offset) {
  if (size < SIZE) return null;
  const view = new DataView(buffer, offset, size);
  const headerSize = view.getUint8(3);
  if (view.getUint8(0) !== 1 || headerSize < SIZE || headerSize > size)
    return null;
  return {
    kind: view.getUint8(1),
    flags: view.getUint8(2),
    stream: view.getUint16(4),
    generation: view.getUint16(6),
    sequence: view.getUint32(8),
    number: view.getUint32(12),
    chunk: view.getUint16(16),
    nSamples: view.getUint16(18),
    duration: view.getUint32(20),
    ept: u64(view, 24),
    captureUs: u64(view, 32),
    publishedUs: u64(view, 40),
    payload: new Uint8Array(buffer, offset + headerSize, size - headerSize),
  };
}

/** The messages inside a bundle; stops at the first that is cut short. */
export function* unbundle(header) {
  const { buffer, byteOffset, byteLength } = header.payload;
  const view = new DataView(buffer, byteOffset, byteLength);
  for (let at = 0; at + 4 <= byteLength;) {
    const size = view.getUint32(at);
    at += 4;
    if (size > byteLength - at) return;
    const inner = parse(buffer, byteOffset + at, size);
    if (inner) yield inner;
    at += size;
  }
}
