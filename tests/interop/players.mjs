#!/usr/bin/env node
// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// Plays URLs in Chromium and prints what was seen and heard, one line of JSON a
// case. Exit status 0 when every case played, 1 when not.
//
// players.mjs --npm DIR --reference FILE [--media DIR] [--seconds N] ENGINE=URL...
//   ENGINE  hls, dash, shaka, native, or page (the URL is a page with a <video>)
//   URL     may begin with MEDIA/, which is the directory given with --media
//   FILE    played first: sound takes its time through the browser, and what it
//           is late there, it is late everywhere
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { serve } from './web-server.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options, positionals: cases } = parseArgs({
  allowPositionals: true,
  options: {
    npm: { type: 'string' },
    media: { type: 'string', default: '.' },
    reference: { type: 'string' },
    seconds: { type: 'string', default: '12' },
    fps: { type: 'string', default: '25' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    screenshot: { type: 'string' },
  },
});
const modules = resolve(options.npm, 'node_modules');
const { chromium } = createRequire(join(modules, 'x.js'))('playwright-core');

const ALLOWED_MS = 45;
let soundPathMs = 0; // what the sound of the reference is late

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

// What is wrong with what was measured; empty when it played.
function complaints(seen) {
  const wrong = [...seen.errors];
  const expected = seen.seconds * Number(options.fps);

  if (seen.decoded < 0.7 * expected)
    wrong.push(`${seen.decoded} frames decoded, about ${expected} expected`);
  if (seen.presented < 0.5 * expected)
    wrong.push(`${seen.presented} frames presented, about ${expected} expected`);
  if (!seen.audioBytes)
    wrong.push('no audio decoded');
  if (seen.hasSound) {
    seen.soundLateMs = Math.round(median(seen.offsets) - soundPathMs);
    if (!(Math.abs(seen.soundLateMs) <= ALLOWED_MS))
      wrong.push(`sound is ${seen.soundLateMs} ms late, ${ALLOWED_MS} allowed`);
  }
  return wrong;
}

// Waits until it has played a second (or an error), then measures.
async function play(context, url, isPage, seconds) {
  const page = await context.newPage();
  const problems = [];

  page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  if (isPage)
    await page.addInitScript(await readFile(join(here, 'web/measure.js'), 'utf8'));
  await page.goto(url);
  if (isPage)
    await page.evaluate(() => watch(document.querySelector('video')));
  await page.waitForFunction(
    () => measure.presented > 25 || measure.errors.length > 0, null,
    { timeout: 20000 }).catch(() => problems.push('not a second played within 20 s'));
  const began = Date.now();
  const first = await page.evaluate(() => result(document.querySelector('video')));
  await page.waitForTimeout(seconds * 1000);
  const took = (Date.now() - began) / 1000;
  const seen = await page.evaluate(() => result(document.querySelector('video')));
  if (options.screenshot)
    await page.screenshot({ path: options.screenshot });
  await page.close();
  seen.errors.push(...problems);
  seen.decoded -= first.decoded;
  seen.presented -= first.presented;
  seen.seconds = took;
  return seen;
}

async function main() {
  const server = await serve({
    '/npm/': modules,
    '/media/': resolve(options.media),
    '/reference/': dirname(resolve(options.reference)),
    '/': join(here, 'web'),
  });
  const browser = await chromium.launch({
    executablePath: options.chromium,
    args: ['--autoplay-policy=no-user-gesture-required', '--no-sandbox'],
  });
  const context = await browser.newContext();
  const seconds = Number(options.seconds);
  const reference = `${server.url}/reference/${basename(options.reference)}`;
  let failed = 0;

  for (const text of [`native=${reference}`, ...cases]) {
    const [, engine, target] = /^(\w+)=(.*)$/.exec(text);
    const src = target.replace(/^MEDIA\//, `${server.url}/media/`);
    const url = engine === 'page' ? src
      : `${server.url}/player.html?engine=${engine}&src=${encodeURIComponent(src)}`;
    const seen = await play(context, url, engine === 'page', seconds);

    if (soundPathMs === 0)
      soundPathMs = median(seen.offsets);
    const wrong = complaints(seen);
    failed += wrong.length > 0 ? 1 : 0;
    console.log(JSON.stringify({ case: text, ok: wrong.length === 0, wrong, ...seen }));
  }
  await browser.close();
  server.close();
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
