#!/usr/bin/env node
// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// Plays URLs in Chromium, all at once, and prints what was seen and heard, one
// line of JSON a case. Exit status 0 when every case played, 1 when not.
//
// players.mjs --npm DIR --reference FILE [--media DIR] [--seconds N]
//             [--to-end ENGINE=URL]... [--patience SECONDS] ENGINE=URL...
//   ENGINE  hls, dash, shaka, native, or page (the URL is a page with a <video>)
//   URL     may begin with MEDIA/, which is the directory given with --media
//   FILE    played beside them: sound takes its time through the browser, and
//           what it is late there, it is late everywhere
//   --to-end  these are measured like the others, and stay: `measured` is
//           printed, and another line for each of them when it has come to the
//           end of what it plays, SECONDS later at most
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
    'to-end': { type: 'string', multiple: true, default: [] },
    patience: { type: 'string', default: '60' },
  },
});
const modules = resolve(options.npm, 'node_modules');
const { chromium } = createRequire(join(modules, 'x.js'))('playwright-core');

const ALLOWED_MS = 45;
const START_MS = 40000; // that a player may take until it has played a second

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

// What is wrong with what was measured; empty when it played. The sound of the
// reference is soundPathMs late.
function complaints(seen, soundPathMs) {
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

const evaluate = (page) =>
  page.evaluate(() => result(document.querySelector('video')));

// Waits until it has played a second, or an error.
async function open(browser, url, isPage) {
  // a context of its own: pages behind another one present no frames
  const page = await (await browser.newContext({ bypassCSP: isPage })).newPage();
  const problems = [];

  page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  if (isPage)
    await page.addInitScript({ path: join(here, 'web/measure.js') });
  await page.goto(url);
  if (isPage) {
    await page.evaluate((worklet) => {
      const video = document.querySelector('video');
      const type = { type: 'text/javascript' };

      watch(video);
      video.muted = false;
      return watchSound(video, URL.createObjectURL(new Blob([worklet], type)));
    }, await readFile(join(here, 'web/onset-worklet.js'), 'utf8'));
  }
  await page.waitForFunction(
    () => measure.presented > 25 || measure.errors.length > 0, null,
    { timeout: START_MS }).catch(() => problems.push(
    `not a second played within ${START_MS / 1000} s`));
  return { page, problems, began: Date.now(), first: await evaluate(page) };
}

// What was seen since open().
async function seenBy({ page, problems, began, first }) {
  const seen = await evaluate(page);

  if (options.screenshot)
    await page.screenshot({ path: options.screenshot });
  seen.errors.push(...problems);
  seen.decoded -= first.decoded;
  seen.presented -= first.presented;
  seen.played = seen.currentTime - first.currentTime;
  seen.seconds = (Date.now() - began) / 1000;
  return seen;
}

const engineOf = (text) => /^\w+/.exec(text)[0];

function urlOf(text, server) {
  const engine = engineOf(text);
  const src = text.slice(engine.length + 1)
    .replace(/^MEDIA\//, `${server}/media/`);
  return engine === 'page' ? src
    : `${server}/player.html?engine=${engine}&src=${encodeURIComponent(src)}`;
}

function print(text, seen, wrong) {
  console.log(JSON.stringify(
    { case: text, ok: wrong.length === 0, wrong, ...seen }));
  return wrong.length === 0;
}

// Plays it for the stretch that is measured; it goes on if it is one of those
// that play to the end.
async function play(browser, server, text) {
  const opened = await open(
    browser, urlOf(text, server), engineOf(text) === 'page');

  await opened.page.waitForTimeout(Number(options.seconds) * 1000);
  const seen = await seenBy(opened);
  if (!options['to-end'].includes(text))
    await opened.page.context().close();
  return { text, seen, opened };
}

// The built-in page has no end of its MediaSource, but says it.
const hasEnded = () => document.querySelector('video').ended
  || document.body.dataset.state === 'ended';

// What is wrong with a session that was there when the service ended. Shaka
// takes the duration of an MPD that has become static for one from its first
// segment on, and then wonders about the length of the last. hls.js tells of
// each wait, and the last segment is one.
const NO_MATTER = /Possible encoding problem|bufferStalledError/;

function complaintsAtEnd(seen) {
  const wrong = seen.errors.filter((text) => !NO_MATTER.test(text));
  const expected = seen.played * Number(options.fps);

  if (!seen.hasEnded)
    wrong.push(`no end: at ${seen.currentTime} of ${seen.duration}`);
  if (seen.decoded < 0.7 * expected)
    wrong.push(`${seen.decoded} frames decoded, ${expected} expected`);
  return wrong;
}

// To the end of the service; whether it came there.
async function playToEnd({ text, opened }) {
  await opened.page.waitForFunction(
    hasEnded, null, { timeout: Number(options.patience) * 1000 })
    .catch(() => {});
  const ended = await opened.page.evaluate(hasEnded);
  const seen = { ...await seenBy(opened), hasEnded: ended };

  return print(text, seen, complaintsAtEnd(seen));
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
    args: ['--autoplay-policy=no-user-gesture-required', '--no-sandbox',
      '--disable-renderer-backgrounding',
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows'],
  });
  const reference = open(
    browser, `${server.url}/player.html?engine=native&src=/reference/${
      basename(options.reference)}`);
  const played = await Promise.all([...options['to-end'], ...cases].map(
    (text) => play(browser, server.url, text)));
  const soundPathMs = median((await seenBy(await reference)).offsets);
  const good = played.map(
    ({ text, seen }) => print(text, seen, complaints(seen, soundPathMs)));

  console.log(`sound takes ${Math.round(soundPathMs)} ms through the browser`);
  await (await reference).page.context().close();
  if (options['to-end'].length > 0) {
    console.log('measured');
    good.push(...await Promise.all(played.filter(
      ({ text }) => options['to-end'].includes(text)).map(playToEnd)));
  }
  await browser.close();
  server.close();
  process.exitCode = good.every(Boolean) ? 0 : 1;
}

await main();
