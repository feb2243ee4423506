#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""A proxy between a sender and a receiver of ingest that does, request by
request, what a plan says: lets it pass, cuts it off, stalls, answers in the
place of the receiver, too early or too late, or loses the answer.

    fault_proxy.py --to HOST:PORT [--seed N] [--only FAULT,...] [--rate 0..1]

prints `listening PORT` and then a line for each request. As a module: Proxy,
with a plan, which is called with each Request and returns a Fault."""
import argparse
import asyncio
import contextlib
import dataclasses
import random
import socket
import struct
import threading
import time

CHUNK = 16384


@dataclasses.dataclass
class Fault:
    """What is done to one request. Times are seconds, `at` counts bytes of the
    body."""
    kind: str = 'pass'
    at: int = 0
    seconds: float = 0
    status: int = 503
    fields: str = ''

    def __str__(self):
        details = {'reset': f' at {self.at}', 'drop': f' at {self.at}',
                   'early': f' {self.status} at {self.at}',
                   'answer': f' {self.status}',
                   'stall': f' {self.seconds:.2f} s at {self.at}',
                   'late': f' {self.seconds:.2f} s'}
        return self.kind + details.get(self.kind, '')


# what each kind does:
KINDS = {
    'pass': 'nothing',
    'reset': 'RST in both directions behind `at` bytes',
    'drop': 'end of file in both directions behind `at` bytes',
    'stall': 'nothing passes for `seconds` behind `at` bytes',
    'early': 'answers `status` behind `at` bytes, the rest is read and dropped',
    'answer': 'reads all, passes nothing on, answers `status`',
    'late': 'passes on, holds the answer back for `seconds`',
    'lost': 'passes on, closes in place of the answer',
    'cut': 'passes on, closes within the answer',
    'bytes': 'each byte of the first thousand is an HTTP chunk; so is the answer',
    'idle': 'passes on, closes the kept connection after `seconds` without a '
            'request',
    'close': 'passes on, and closes behind the answer without saying so',
}


@dataclasses.dataclass
class Request:
    number: int
    line: str          # of the request
    fields: dict       # lower case names
    connection: int
    time: float        # monotonic
    answered: int = 0  # status that went back, 0: none
    fault: Fault = None
    size: int = 0      # bytes of the body that came


class Ended(Exception):
    """The connection is closed, as was planned or by a peer."""


def abort(writer):
    """RST instead of FIN."""
    sock = writer.get_extra_info('socket')
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack('ii', 1, 0))
    writer.transport.abort()


class Connection:
    """One of the sender's, with one to the receiver."""

    def __init__(self, proxy, number, reader, writer):
        self.proxy = proxy
        self.number = number
        self.down = reader, writer
        self.up = None
        self.idle = None
        writer.get_extra_info('socket').setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def upstream(self):
        if self.up is None:
            try:
                self.up = await asyncio.open_connection(*self.proxy.target)
            except OSError as error:
                raise Ended('the receiver is away') from error
        return self.up

    async def read_head(self):
        try:
            head = await asyncio.wait_for(
                self.down[0].readuntil(b'\r\n\r\n'), self.idle)
        except (asyncio.IncompleteReadError, OSError,
                asyncio.TimeoutError) as error:
            raise Ended('between requests') from error
        line, *fields = head.decode('latin-1').split('\r\n')
        pairs = (field.split(':', 1) for field in fields if ':' in field)
        return head, line, {name.lower(): value.strip()
                            for name, value in pairs}

    async def body(self, fields):
        """Pieces of the body, as (bytes of it, raw bytes)."""
        reader = self.down[0]
        try:
            if 'transfer-encoding' in fields:
                size = -1
                while size:
                    line = await reader.readline()
                    if not line.endswith(b'\n'):
                        raise Ended('within the body')
                    size = int(line.split(b';')[0], 16)
                    data = await reader.readexactly(size + 2)
                    yield data[:-2], line + data
                return
            left = int(fields.get('content-length', '0'))
            while left:
                data = await reader.read(min(left, CHUNK))
                if not data:
                    raise Ended('within the body')
                left -= len(data)
                yield data, data
        except (asyncio.IncompleteReadError, OSError, ValueError) as error:
            raise Ended('within the body') from error

    async def send_up(self, data):
        _, writer = await self.upstream()
        try:
            writer.write(data)
            await writer.drain()
        except OSError as error:
            raise Ended('the receiver has gone') from error

    async def send_down(self, data):
        try:
            self.down[1].write(data)
            await self.down[1].drain()
        except OSError as error:
            raise Ended('the sender has gone') from error

    async def answer(self, request):
        """Reads the receiver's; returns its bytes."""
        reader, _ = await self.upstream()
        while True:
            try:
                head = await reader.readuntil(b'\r\n\r\n')
            except (asyncio.IncompleteReadError, OSError) as error:
                raise Ended('the receiver does not answer') from error
            status = int(head.split(b' ')[1])
            if status // 100 == 1:
                await self.send_down(head)
                continue
            break
        length = 0
        for line in head.decode('latin-1').lower().split('\r\n'):
            if line.startswith('content-length:'):
                length = int(line.split(':')[1])
        try:
            body = await reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Ended('the answer is cut') from error
        request.answered = status
        return head + body

    def make_answer(self, fault):
        return (f'HTTP/1.1 {fault.status} by the proxy\r\n{fault.fields}'
                'Content-Length: 0\r\n\r\n').encode()

    async def swallow(self, request, body):
        with contextlib.suppress(Ended):
            async for data, _ in body:
                request.size += len(data)

    async def pass_body(self, request, body):
        """Passes the body on, and does what is planned within it."""
        fault = request.fault
        done = fault.kind not in ('reset', 'drop', 'early', 'stall')
        async for data, raw in body:
            if not done and request.size + len(data) > fault.at:
                done = True
                keep = max(0, fault.at - request.size)
                if fault.kind == 'stall':
                    await asyncio.sleep(fault.seconds)
                else:
                    # a part of what is on its way arrives
                    if raw is data:
                        await self.send_up(data[:keep])
                    await self.cut(request, body)
            request.size += len(data)
            if fault.kind == 'bytes' and raw is not data:
                raw = b''.join(b'1\r\n%c\r\n' % byte for byte in data[:1000])
                if data[1000:]:
                    raw += b'%x\r\n%s\r\n' % (len(data) - 1000, data[1000:])
                raw = raw or b'0\r\n\r\n'
            await self.send_up(raw)
        if not done:
            if fault.kind == 'stall':
                await asyncio.sleep(fault.seconds)
            else:
                await self.cut(request, body)

    async def cut(self, request, body):
        fault = request.fault
        if self.up:
            abort(self.up[1])
        if fault.kind == 'early':
            await self.send_down(self.make_answer(fault))
            request.answered = fault.status
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.swallow(request, body), 1)
        elif fault.kind == 'reset':
            abort(self.down[1])
        raise Ended(fault.kind)

    async def serve_one(self):
        head, line, fields = await self.read_head()
        request = self.proxy.begin(line, fields, self.number)
        fault = request.fault
        body = self.body(fields)
        if fault.kind == 'answer':
            if 'expect' in fields:
                await self.send_down(b'HTTP/1.1 100 Continue\r\n\r\n')
            await self.swallow(request, body)
            request.answered = fault.status
            await self.send_down(self.make_answer(fault))
            return
        await self.send_up(head)
        if 'expect' in fields:
            reader, _ = await self.upstream()
            with contextlib.suppress(asyncio.IncompleteReadError, OSError):
                await self.send_down(await reader.readuntil(b'\r\n\r\n'))
        await self.pass_body(request, body)
        answer = await self.answer(request)
        if fault.kind == 'late':
            await asyncio.sleep(fault.seconds)
        elif fault.kind == 'lost':
            request.answered = 0
            raise Ended('lost')
        elif fault.kind == 'cut':
            request.answered = 0
            await self.send_down(answer[:len(answer) // 2])
            raise Ended('cut')
        self.idle = fault.seconds if fault.kind == 'idle' else None
        if fault.kind == 'bytes':
            for byte in answer:
                await self.send_down(b'%c' % byte)
                await asyncio.sleep(0)
        else:
            await self.send_down(answer)
        if fault.kind == 'close':
            raise Ended('close')

    async def serve(self):
        try:
            while True:
                await self.serve_one()
        except Ended:
            pass
        finally:
            for pair in (self.up, self.down):
                if pair:
                    pair[1].close()

    def abort(self):
        for pair in (self.up, self.down):
            if pair:
                abort(pair[1])


class Proxy:
    """Runs in a thread of its own; a context manager."""

    def __init__(self, target, plan):
        self.target = target
        self.plan = plan
        self.requests = []
        self.lock = threading.Lock()
        self.connections = set()
        self.n_connections = 0
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.server = None
        self.thread = threading.Thread(target=self.loop.run_forever)

    def begin(self, line, fields, connection):
        with self.lock:
            request = Request(len(self.requests), line, fields, connection,
                              time.monotonic())
            request.fault = self.plan(request)
            self.requests.append(request)
            return request

    async def _accept(self, reader, writer):
        self.n_connections += 1
        connection = Connection(self, self.n_connections, reader, writer)
        self.connections.add(connection)
        try:
            await connection.serve()
        finally:
            self.connections.discard(connection)

    async def _listen(self):
        self.server = await asyncio.start_server(
            self._accept, '127.0.0.1', self.port, reuse_address=True)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _leave(self):
        self.server.close()
        for connection in list(self.connections):
            connection.abort()

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    def leave(self):
        """Nobody listens, and all connections are reset, until listen()."""
        self._call(self._leave())

    def listen(self):
        self._call(self._listen())

    def __enter__(self):
        self.thread.start()
        self.listen()
        return self

    async def _cancel(self):
        tasks = [task for task in asyncio.all_tasks()
                 if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def __exit__(self, *_):
        self.leave()
        self._call(self._cancel())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


def random_fault(rng, kind, reach, patience):
    """@reach: bytes that a body may have; @patience: seconds that the sender
    waits."""
    at = rng.choice([0, 1, rng.randrange(1, 64), rng.randrange(1, reach)])
    long = rng.random() < 0.3
    seconds = patience * (rng.uniform(1.1, 1.5) if long
                          else rng.uniform(0.02, 0.5))
    status = rng.choice([412, 500, 502, 503, 503, 504, 429, 408])
    fields = 'Retry-After: 0\r\n' if status == 429 else ''
    return Fault(kind, at, seconds, status, fields)


def random_plan(rng, kinds, rate, reach=30000, patience=1.0):
    def plan(_request):
        if rng.random() >= rate:
            return Fault()
        return random_fault(rng, rng.choice(kinds), reach, patience)
    return plan


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--to', required=True, metavar='HOST:PORT')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--only', default=','.join(KINDS))
    parser.add_argument('--rate', type=float, default=0.2)
    args = parser.parse_args()
    host, _, port = args.to.rpartition(':')
    plan = random_plan(random.Random(args.seed), args.only.split(','),
                       args.rate)

    def tell(request):
        fault = plan(request)
        print(f'{request.number} {request.line} {fault}', flush=True)
        return fault
    with Proxy((host, int(port)), tell) as proxy:
        print(f'listening {proxy.port}', flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == '__main__':
    main()
