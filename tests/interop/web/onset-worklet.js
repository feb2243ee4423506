// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// Tells at which time of the audio context a beep begins after half a second of
// silence; passes the sound on unchanged.
class OnsetProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.quiet = 0; // samples of silence so far
    this.heard = 0; // samples that were not silent
  }

  process(inputs, outputs) {
    const channel = inputs[0][0];

    if (!channel)
      return true;
    outputs[0].forEach((out, i) => out.set(inputs[0][i] ?? channel));
    for (let i = 0; i < channel.length; i++) {
      if (Math.abs(channel[i]) < 0.05) {
        this.quiet++;
        continue;
      }
      this.heard++;
      if (this.quiet > sampleRate / 2)
        this.port.postMessage({ at: currentTime + i / sampleRate });
      this.quiet = 0;
    }
    return true;
  }
}

registerProcessor('onset', OnsetProcessor);
