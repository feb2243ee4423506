#!/usr/bin/env node
// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// The built-in page in Chromium, while page.py kills one encoder and ends the
// other. Prints what it waits for as it comes, then one line of JSON.
//
// page.mjs --npm DIR URL
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options, positionals: [url] } = parseArgs({
  allowPositionals: true,
  options: {
    npm: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    screenshot: { type: 'string' },
  },
});
const { chromium } = createRequire(
  join(resolve(options.npm, 'node_modules'), 'x.js'))('playwright-core');
const errors = [];

const facts = () => {
  const video = document.getElementById('video');
  const quality = video.getVideoPlaybackQuality();
  const text = (id) => document.getElementById(id).textContent;

  return {
    state: document.body.dataset.state,
    badge: text('state'),
    source: text('source'),
    latencyMs: Number(document.getElementById('latency').dataset.ms || NaN),
    time: video.currentTime,
    frames: quality.totalVideoFrames,
    dropped: quality.droppedVideoFrames,
    presented: window.presented,
    audioBytes: video.webkitAudioDecodedByteCount,
    muted: video.muted,
    volume: video.volume,
    details: text('details'),
  };
};

async function waitFor(page, what, condition, argument, timeout = 30000) {
  await page.waitForFunction(condition, argument, { timeout }).catch(() => {
    errors.push(`${what}: not within ${timeout / 1000} s`);
  });
  console.log(what);
}

const waitForSource = (page, name) => waitFor(page, `source ${name}`,
  (name) => document.body.dataset.state === 'live'
    && document.getElementById('source').textContent === name, name);

/** What a stretch of playing shows. */
async function stretch(page, ms) {
  const first = await page.evaluate(facts);
  await page.waitForTimeout(ms);
  const last = await page.evaluate(facts);
  return { ...last, seconds: ms / 1000, played: last.time - first.time,
    newFrames: last.frames - first.frames,
    newPresented: last.presented - first.presented };
}

async function sound(page) {
  await page.click('#tap');
  const on = await page.evaluate(facts);
  await page.fill('#volume', '40');
  const low = await page.evaluate(facts);
  await page.click('#mute');
  const off = await page.evaluate(facts);
  return { on, low, off };
}

async function main() {
  const browser = await chromium.launch({
    executablePath: options.chromium,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
      '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      '--autoplay-policy=no-user-gesture-required'],
  });
  const page = await (await browser.newContext(
    { viewport: { width: 1280, height: 900 } })).newPage();
  page.on('pageerror', (error) => errors.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  await page.goto(url);
  await page.evaluate(() => {
    const video = document.getElementById('video');
    window.presented = 0;
    video.addEventListener('error', () => console.error(video.error.message));
    const count = () => {
      window.presented++;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
  });
  await waitForSource(page, 'A');
  const before = await stretch(page, 5000);
  const volume = await sound(page);
  if (options.screenshot) await page.screenshot({ path: options.screenshot });
  console.log('played A');
  await waitForSource(page, 'B');
  const after = await stretch(page, 5000);
  console.log('played B');
  await waitFor(page, 'ended',
    () => document.body.dataset.state === 'ended', null, 40000);
  const end = await page.evaluate(facts);
  await browser.close();
  console.log(`result ${JSON.stringify(
    { errors, before, after, volume, end })}`);
}

await main();
