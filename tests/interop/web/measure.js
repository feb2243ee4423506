// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// What a <video> really shows and sounds: counts the presented frames, and
// notes when the picture turns white and when a beep begins, both as times of
// performance.now(). result() gives it all as plain data.
'use strict';

const measure = {
  presented: 0,
  errors: [],
  cues: [], // text that was shown: { text, at } in seconds, when it came
  events: [], // that the player told of: { from, id, at } in seconds
  flashes: [],
  beeps: [],
  waiting: 0,
  hasSound: false, // whether beeps are looked for
};

function watchPicture(video) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let dark = false;

  canvas.width = canvas.height = 8;
  const onFrame = (now, metadata) => {
    context.drawImage(video, 0, 0, 8, 8);
    const luma = context.getImageData(4, 1, 1, 1).data[1];

    measure.presented++;
    measure.mediaTime = metadata.mediaTime;
    if (luma > 128 && dark)
      measure.flashes.push(metadata.expectedDisplayTime);
    dark = luma <= 128;
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
}

// What is on now, in any track that is not off.
function watchText(video) {
  let shown = [];

  video.addEventListener('timeupdate', () => {
    const tracks = [...video.textTracks].filter(({ mode }) => mode !== 'disabled');
    const now = tracks.flatMap(({ activeCues }) => [...activeCues ?? []])
                    .map(({ text }) => text);

    for (const text of now.filter((one) => !shown.includes(one)))
      measure.cues.push({ text, at: video.currentTime });
    shown = now;
  });
}

async function watchSound(video, worklet = 'onset-worklet.js') {
  const audio = new AudioContext({ latencyHint: 'interactive' });

  await audio.audioWorklet.addModule(worklet);
  const node = new AudioWorkletNode(audio, 'onset');
  node.port.onmessage = ({ data }) => {
    // when these samples leave the loudspeaker, in the clock of the page
    const stamp = audio.getOutputTimestamp();
    measure.beeps.push(
        stamp.performanceTime + (data.at - stamp.contextTime) * 1000);
  };
  audio.createMediaElementSource(video).connect(node);
  node.connect(audio.destination);
  await audio.resume();
  measure.hasSound = true;
}

// For every flash the nearest beep, in ms: positive when the sound is late.
function offsets() {
  return measure.flashes.map((flash) => {
    const near = measure.beeps.map((beep) => beep - flash)
                     .sort((a, b) => Math.abs(a) - Math.abs(b));

    return near[0];
  }).filter((ms) => Math.abs(ms) < 500);
}

function result(video) {
  const quality = video.getVideoPlaybackQuality();
  const { presented, errors, flashes, beeps, waiting, cues, events } = measure;

  return {
    presented,
    errors,
    waiting,
    cues,
    events,
    decoded: quality.totalVideoFrames,
    dropped: quality.droppedVideoFrames,
    currentTime: video.currentTime,
    duration: video.duration,
    paused: video.paused,
    ended: video.ended,
    width: video.videoWidth,
    height: video.videoHeight,
    audioBytes: video.webkitAudioDecodedByteCount,
    flashes: flashes.length,
    beeps: beeps.length,
    hasSound: measure.hasSound,
    offsets: offsets(),
    tracks: measure.describe?.() ?? {},
  };
}

function watch(video) {
  video.addEventListener('error', () => measure.errors.push(
      `video: ${video.error.code} ${video.error.message}`));
  video.addEventListener('waiting', () => measure.waiting++);
  watchPicture(video);
  watchText(video);
}

// also when this is put into a page as a script of its own
Object.assign(globalThis, { measure, watch, watchSound, result });
