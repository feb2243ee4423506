#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""A proxy between a sender and a receiver of ingest that does, request by
request, what a plan says: lets it pass, cuts it off, stalls, answers in the
place of the receiver, too early or too late, or loses the answer. With a
certificate it speaks TLS to both, and can also fail within the handshake.

    fault_proxy.py --to HOST:PORT [--seed N] [--only FAULT,...] [--rate 0..1]
                   [--tls PEM]

prints `listening PORT` and then a line for each request. As a module: Proxy,
with a plan, which is called with each Request and returns a Fault, and a greet,
the same for the number of each connection before anything was read of it."""
import argparse
import asyncio
import contextlib
import dataclasses
import random
import socket
import ssl
import struct
import threading
import time

CHUNK = 16384
# what hides in the proxy, at most: a sender cannot know that it is lost
BUFFER = 16384


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
                   'take': f' {self.status} at {self.at}',
                   'stall': f' {self.seconds:.2f} s at {self.at}',
                   'late': f' {self.seconds:.2f} s',
                   'mute': f' {self.seconds:.2f} s',
                   'half': f' at {self.at}', 'hello': f' at {self.at}'}
        return self.kind + details.get(self.kind, '')


# what each kind does:
KINDS = {
    'pass': 'nothing',
    'reset': 'RST in both directions behind `at` bytes',
    'drop': 'end of file in both directions behind `at` bytes',
    'stall': 'nothing passes for `seconds` behind `at` bytes',
    'early': 'answers `status` behind `at` bytes, the rest is read and dropped',
    'answer': 'reads all, passes nothing on, answers `status`',
    'take': 'passes nothing on, answers `status` behind `at` bytes',
    'late': 'passes on, holds the answer back for `seconds`',
    'lost': 'passes on, closes in place of the answer',
    'cut': 'passes on, closes within the answer',
    'bytes': 'each byte of the first thousand is an HTTP chunk; so is the answer',
    'idle': 'passes on, closes the kept connection after `seconds` without a '
            'request',
    'close': 'passes on, and closes behind the answer without saying so',
}

# of connections:
GREETINGS = {
    'refuse': 'RST at once',
    'mute': 'nothing happens for `seconds`',
    'half': 'RST behind `at` bytes from the sender',
    'hello': 'RST behind `at` bytes of the first answer of a TLS handshake',
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


def reset(sock):
    """The next close sends RST."""
    with contextlib.suppress(OSError, AttributeError): # gone already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack('ii', 1, 0))


def abort(writer):
    """RST instead of FIN."""
    reset(writer.get_extra_info('socket'))
    writer.transport.abort()


def use_small_buffers(sock):
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)


class Connection:
    """One of the sender's, with one to the receiver."""

    def __init__(self, proxy, number, reader, writer):
        self.proxy = proxy
        self.number = number
        self.down = reader, writer
        self.up = None
        self.idle = None
        writer.transport.set_write_buffer_limits(BUFFER)

    async def upstream(self):
        if self.up is None:
            sock = socket.socket()
            use_small_buffers(sock)
            sock.setblocking(False)
            tls = self.proxy.client_tls
            try:
                await asyncio.get_running_loop().sock_connect(
                    sock, self.proxy.target)
                self.up = await asyncio.open_connection(
                    sock=sock, limit=BUFFER, ssl=tls,
                    server_hostname=tls and self.proxy.target[0])
            except OSError as error:
                sock.close()
                raise Ended('the receiver is away') from error
            self.up[1].transport.set_write_buffer_limits(BUFFER)
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
        await self.proxy.flows.wait()
        _, writer = await self.upstream()
        try:
            writer.write(data)
            await writer.drain()
        except OSError as error:
            raise Ended('the receiver has gone') from error

    async def send_down(self, data):
        await self.proxy.flows.wait()
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

    async def swallow(self, request, body, at=None):
        with contextlib.suppress(Ended):
            async for data, _ in body:
                request.size += len(data)
                if at is not None and request.size >= at:
                    return

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
        if self.up and fault.kind != 'drop':
            abort(self.up[1])
        if fault.kind in ('early', 'take'):
            await self.send_down(self.make_answer(fault))
            request.answered = fault.status
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.swallow(request, body), 1)
        elif fault.kind == 'reset':
            abort(self.down[1])
        elif self.proxy.server_tls:
            self.down[1].transport.abort() # TLS does not say that it ends
        raise Ended(fault.kind)

    async def serve_one(self):
        head, line, fields = await self.read_head()
        request = self.proxy.begin(line, fields, self.number)
        fault = request.fault
        body = self.body(fields)
        if fault.kind in ('answer', 'take'):
            if 'expect' in fields:
                await self.send_down(b'HTTP/1.1 100 Continue\r\n\r\n')
            if fault.kind == 'take':
                await self.swallow(request, body, fault.at)
                await self.cut(request, body)
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

    def __init__(self, target, plan, greet=None, pem=None):
        self.target = target
        self.plan = plan
        self.greet = greet or (lambda number: Fault())
        self.server_tls = self.client_tls = None
        if pem:
            self.server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.server_tls.load_cert_chain(pem)
            self.client_tls = ssl.create_default_context(cafile=pem)
        self.requests = []
        self.lock = threading.Lock()
        self.greetings = []
        self.connections = set()
        self.n_connections = 0
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.server = self.acceptor = None
        self.flows = asyncio.Event()
        self.flows.set()
        self.tasks = set()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def begin(self, line, fields, connection):
        with self.lock:
            request = Request(len(self.requests), line, fields, connection,
                              time.monotonic())
            request.fault = self.plan(request)
            self.requests.append(request)
            return request

    async def _say_hello(self, sock, n):
        """The first bytes of the server's part of a handshake."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.server_tls.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(await self.loop.sock_recv(sock, CHUNK))
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        await self.loop.sock_sendall(sock, outgoing.read()[:n])

    async def _greeted(self, sock, fault):
        """False: that was all."""
        if fault.kind == 'mute':
            await asyncio.sleep(fault.seconds)
        if fault.kind in ('pass', 'mute'):
            return True
        with contextlib.suppress(OSError):
            if fault.kind == 'half':
                await self.loop.sock_recv(sock, fault.at)
            elif fault.kind == 'hello' and self.server_tls:
                await self._say_hello(sock, fault.at)
        reset(sock)
        sock.close()
        return False

    async def _serve(self, sock):
        self.n_connections += 1
        number = self.n_connections
        fault = self.greet(number)
        self.greetings.append(fault)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not await self._greeted(sock, fault):
            return
        reader = asyncio.StreamReader(BUFFER)
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            transport, _ = await self.loop.connect_accepted_socket(
                lambda: protocol, sock, ssl=self.server_tls)
        except OSError:
            sock.close()
            return
        writer = asyncio.StreamWriter(transport, protocol, reader, self.loop)
        connection = Connection(self, number, reader, writer)
        self.connections.add(connection)
        try:
            await connection.serve()
        finally:
            self.connections.discard(connection)

    async def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                sock, _ = await self.loop.sock_accept(self.server)
                await self.flows.wait()
                self._spawn(self._serve(sock))

    def _spawn(self, coroutine):
        task = self.loop.create_task(coroutine)
        self.tasks.add(task) # the loop does not keep it
        task.add_done_callback(self.tasks.discard)
        return task

    async def _listen(self):
        self.server = socket.create_server(('127.0.0.1', self.port))
        use_small_buffers(self.server)
        self.server.setblocking(False)
        self.port = self.server.getsockname()[1]
        self.acceptor = self._spawn(self._accept())

    async def _leave(self):
        self.acceptor.cancel()
        await asyncio.gather(self.acceptor, return_exceptions=True)
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

    def freeze(self):
        """Nothing passes, and nobody is told, until thaw()."""
        self.loop.call_soon_threadsafe(self.flows.clear)

    def thaw(self):
        self.loop.call_soon_threadsafe(self.flows.set)

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


def random_greet(rng, rate, patience=1.0):
    kinds = list(GREETINGS)

    def greet(_number):
        if rng.random() >= rate:
            return Fault()
        return random_fault(rng, rng.choice(kinds), 1500, patience)
    return greet


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
    parser.add_argument('--tls', metavar='PEM', help='certificate and key')
    args = parser.parse_args()
    host, _, port = args.to.rpartition(':')
    plan = random_plan(random.Random(args.seed), args.only.split(','),
                       args.rate)

    def tell(request):
        fault = plan(request)
        print(f'{request.number} {request.line} {fault}', flush=True)
        return fault
    with Proxy((host, int(port)), tell, pem=args.tls) as proxy:
        print(f'listening {proxy.port}', flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == '__main__':
    main()
