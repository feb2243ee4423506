// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the gst-cmaf authors

// A small web server for the test pages, the players and a directory of media.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/mp4',
  '.mp4': 'video/mp4',
  '.mpd': 'application/dash+xml',
};

// "bytes=a-b" or "bytes=a-" of a file of `size` bytes
function parseRange(text, size) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(text ?? '');

  if (!match)
    return null;
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start <= end ? { start, end } : null;
}

async function answer(folders, request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
  const prefix = Object.keys(folders).find((p) => path.startsWith(p));
  const file = prefix && join(folders[prefix], path.slice(prefix.length));
  const info = file && await stat(file).catch(() => null);

  if (!info?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const range = parseRange(request.headers.range, info.size);
  const { start, end } = range ?? { start: 0, end: info.size - 1 };
  const headers = {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': end - start + 1,
    'Cache-Control': 'no-store',
  };
  if (range)
    headers['Content-Range'] = `bytes ${start}-${end}/${info.size}`;
  response.writeHead(range ? 206 : 200, headers);
  if (info.size === 0 || request.method === 'HEAD')
    response.end();
  else
    createReadStream(file, { start, end }).pipe(response);
}

// Serves { '/prefix/': directory, ..., '/': directory }, longest prefix first,
// at a free port of this machine.
export function serve(folders) {
  const sorted = Object.fromEntries(
    Object.entries(folders).sort(([a], [b]) => b.length - a.length));
  const server = createServer((request, response) => {
    answer(sorted, request, response).catch(() => response.destroy());
  });

  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  })));
}
