#!/usr/bin/env node
// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// The built-in page in Chromium, while page.py kills the encoder that is told to
// it and ends the other; before that on a phone, without MediaSource, and for a channel that is
// not there. Prints what it waits for as it comes, then one line of JSON.
//
// page.mjs --npm DIR [--screenshot PREFIX] URL
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
    engine: text('engine'),
    note: text('note'),
    title: text('title'),
    scrolls: document.documentElement.scrollWidth > innerWidth,
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
const other = (name) => (name === 'A' ? 'B' : 'A');

/** What a stretch of playing shows. */
async function stretch(page, ms) {
  const first = await page.evaluate(facts);
  await page.waitForTimeout(ms);
  const last = await page.evaluate(facts);
  return { ...last, seconds: ms / 1000, played: last.time - first.time,
    newFrames: last.frames - first.frames,
    newPresented: last.presented - first.presented };
}

const stallsOf = ({ details }) => Number(/stalls (\d+)/.exec(details)[1]);

/** While that happens: what time passed, and how much of the programme. */
async function across(page, happens) {
  const began = Date.now();
  const first = await page.evaluate(facts);
  await happens();
  const last = await page.evaluate(facts);
  return { seconds: (Date.now() - began) / 1000, played: last.time - first.time,
    stalls: stallsOf(last) - stallsOf(first) };
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

async function screenshot(page, name) {
  if (options.screenshot)
    await page.screenshot({ path: `${options.screenshot}-${name}.png` });
}

async function open(browser, context, address) {
  const page = await (await browser.newContext(context)).newPage();

  page.on('pageerror', (error) => errors.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  return { page, go: () => page.goto(address) };
}

const isLive = () => document.body.dataset.state === 'live';

/** Once it plays, and a little later. */
async function glance(browser, name, context, address, prepare) {
  const { page, go } = await open(browser, context, address);

  if (prepare) await page.addInitScript(prepare);
  await go();
  await waitFor(page, name, isLive);
  const first = await page.evaluate(facts);
  await page.waitForTimeout(3000);
  const last = await page.evaluate(facts);
  await screenshot(page, name);
  await page.context().close();
  return { ...last, newFrames: last.frames - first.frames };
}

async function missing(browser) {
  const { page, go } = await open(browser, {}, new URL('ui/embed/no', url).href);

  await go();
  await waitFor(page, 'no such channel',
    () => document.body.dataset.state === 'ended');
  const { note } = await page.evaluate(facts);
  await screenshot(page, 'missing');
  await page.context().close();
  return note;
}

function withoutMediaSource() {
  delete globalThis.MediaSource;
  delete globalThis.ManagedMediaSource;
}

async function main() {
  const browser = await chromium.launch({
    executablePath: options.chromium,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
      '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      '--autoplay-policy=no-user-gesture-required'],
  });
  const { page, go } = await open(
    browser, { viewport: { width: 1280, height: 720 } }, url);
  await go();
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
  await waitFor(page, 'live', isLive);
  const before = await stretch(page, 5000);
  const phone = await glance(browser, 'phone', { deviceScaleFactor: 2,
    viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, url);
  const native = await glance(browser, 'native', {}, url, withoutMediaSource);
  const absent = await missing(browser);
  await waitFor(page, 'live', isLive);
  const volume = await sound(page);
  await screenshot(page, 'before');
  let after;
  const switched = await across(page, async () => {
    const { source } = await page.evaluate(facts);
    console.log(`kill ${source}`);
    await waitForSource(page, other(source));
    await screenshot(page, 'after');
    after = await stretch(page, 5000);
  });
  console.log('end');
  await waitFor(page, 'ended',
    () => document.body.dataset.state === 'ended', null, 40000);
  const end = await page.evaluate(facts);
  await browser.close();
  console.log(`result ${JSON.stringify(
    { errors, before, after, switched, phone, native, absent, volume, end })}`);
}

await main();
