// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// How fast to play, and when to jump: a pure function of what is measured, in
// milliseconds. Latency decides as long as the buffer allows it.

const CALM_MS = 15;
const JUMP_MS = 1000;
const JUMP_EARLY_MS = 250; // in the first two seconds
const EARLY_MS = 2000;
const JUMP_EVERY_MS = 3000;
const MIN_BUFFER_MS = 60;

/** What must be buffered so that the next chunk comes in time. */
export function wantedBuffer({ chunkMs, marginMs }) {
  return Math.max(1.5 * chunkMs, MIN_BUFFER_MS) + marginMs;
}

/**
 * @param s bufferMs: ahead; latencyMs: null when unknown; targetMs, rateMin,
 *     rateMax, chunkMs, marginMs; playedMs: since start; jumpedMs: since the
 *     last jump
 * @returns {rate, jumpMs}: jump that far ahead, 0: do not
 */
export function pace(s) {
  // slower only when the next chunk might come too late, faster only with
  // more than is wanted
  const low = s.bufferMs - MIN_BUFFER_MS - s.marginMs;
  const byBuffer = low < 0 ? low : Math.max(0, s.bufferMs - wantedBuffer(s));
  const byLatency = s.latencyMs === null ? Infinity : s.latencyMs - s.targetMs;
  const error = Math.min(byBuffer, byLatency);
  const limit = s.playedMs < EARLY_MS ? JUMP_EARLY_MS : JUMP_MS;

  if (error > limit + s.chunkMs && s.jumpedMs > JUMP_EVERY_MS)
    return { rate: 1, jumpMs: error };
  // a chunk comes and goes all the time: that alone is no reason to hurry
  if (Math.abs(error) <= CALM_MS || (error > 0 && error < s.chunkMs / 2))
    return { rate: 1, jumpMs: 0 };
  const rate = Math.min(s.rateMax, Math.max(s.rateMin, 1 + 0.5 * error / 1000));
  return { rate, jumpMs: 0 };
}
