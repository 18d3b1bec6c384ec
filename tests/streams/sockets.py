"""A real WebSocket server and client, from PyPI's websockets. Each speaks one JSON object a line on standard output.

    sockets.py serve                          an echo server that also says whose session it is; it says its port first
    sockets.py talk PORT COOKIE               every shape of message, through the gateway at PORT; ends when all came back
    sockets.py big PORT COOKIE BYTES          one message of so many bytes there and back
    sockets.py hold PORT COOKIE COUNT         so many sockets, open until they are closed; says how each one was
"""

import asyncio
import itertools
import json
import sys

import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.http11 import Response

HOST = "socket.test"


def say(**event):
    print(json.dumps(event), flush=True)


def whose(_, request):
    """The product's own answer to the question whose session it is; any other request goes on to the handshake."""
    if request.path.split("?")[0] != "/rest/api/2/myself":
        return None
    name = "liam" if "JSESSIONID=liam" in request.headers.get("Cookie", "") else "jane"
    body = json.dumps({"key": f"K-{name}", "name": name, "emailAddress": f"{name}@acme.com"}).encode()
    headers = Headers([("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Connection", "close")])
    return Response(200, "OK", headers, body)


async def echo(socket):
    try:
        async for message in socket:
            await socket.send(message)
    except websockets.ConnectionClosed:
        pass
    finally:
        say(event="served", code=socket.close_code, reason=socket.close_reason)


async def run_server():
    server = await serve(echo, "127.0.0.1", 0, process_request=whose, max_size=None, ping_interval=None)
    say(event="listening", port=server.sockets[0].getsockname()[1])
    # The end of the test is the end of standard input.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def open_socket(port, cookie, **options):
    return connect(
        f"ws://{HOST}/socket",
        host="127.0.0.1",
        port=int(port),
        origin=f"https://{HOST}",
        additional_headers={"Cookie": cookie},
        max_size=None,
        proxy=None,
        ping_interval=None,
        **options,
    )


async def talk(port, cookie):
    async with open_socket(port, cookie) as socket:
        assert "permessage-deflate" in socket.response.headers["Sec-WebSocket-Extensions"]
        for message in ["", "a", "ü" * 200, b"\x00\xff" * 40_000, "x" * 70_000]:
            await socket.send(message)
            assert await socket.recv() == message
        await socket.send(itertools.repeat("piece ", 1000))
        assert await socket.recv() == "piece " * 1000
        await (await socket.ping(b"there?"))
        await socket.close(4000, "my own code")
    assert (socket.close_code, socket.close_reason) == (4000, "my own code")
    async with open_socket(port, cookie, compression=None) as socket:
        await socket.send([b"a" * 65_536, b"", b"b" * 10])
        assert await socket.recv() == b"a" * 65_536 + b"b" * 10
    say(event="talked")


async def big(port, cookie, size):
    async with open_socket(port, cookie, compression=None) as socket:
        message = b"0123456789" * (int(size) // 10)
        await socket.send(message)
        assert await socket.recv() == message
    say(event="talked")


async def hold(port, cookie, count):
    # As many handshakes at once as a listening socket can keep waiting.
    turns = asyncio.Semaphore(50)

    async def one():
        async with turns:
            return await open_socket(port, cookie)

    sockets = await asyncio.gather(*(one() for _ in range(int(count))))
    for socket in sockets:
        await socket.send("hello")
        assert await socket.recv() == "hello"
    say(event="open")
    for socket in sockets:
        try:
            await socket.recv()
        except websockets.ConnectionClosed:
            say(event="closed", code=socket.close_code, reason=socket.close_reason)


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    asyncio.run({"serve": run_server, "talk": talk, "big": big, "hold": hold}[command](*arguments))
