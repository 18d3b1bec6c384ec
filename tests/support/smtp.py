"""A real mail server for the tests, on aiosmtpd, that can be told to misbehave.

It prints one JSON object a line: first its port, then what happens, in order. A line on its standard input lets one held
message go; the end of the input ends the server, so it never outlives the test.
"""

import argparse
import asyncio
import json
import logging
import socket
import ssl
import struct
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


def say(**event):
    print(json.dumps(event), flush=True)


class Mailbox:
    """Takes messages, or refuses them as the arguments say."""

    def __init__(self, args):
        self.args = args
        self.released = asyncio.Semaphore(0)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.args.refuse:
            say(event="refused", to=address)
            return self.args.refuse
        if self.args.defer > 0:
            self.args.defer -= 1
            say(event="deferred", to=address)
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        data = envelope.content.decode("ascii")
        if self.args.quote:
            say(event="refused", to=envelope.rcpt_tos[0])
            return "554 5.6.0 I do not like: " + " ".join(data.split())[:400]
        say(
            event="mail",
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            data=data,
            encrypted=server.transport.get_extra_info("ssl_object") is not None,
            peer=session.peer[1],
        )
        if self.args.reset > 0:
            self.args.reset -= 1
            reset(server.transport)
        if self.args.hold:
            await self.released.acquire()
        return "250 OK"


class Tarpit(SMTP):
    """Takes the connection and never says a word."""

    async def _handle_client(self):
        say(event="tarpit")
        await asyncio.Event().wait()


def reset(transport):
    """Closes with RST instead of FIN."""
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


def tls_context(args):
    if not args.cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(args.cert, args.key)
    return context


async def main(args):
    loop = asyncio.get_running_loop()
    mailbox = Mailbox(args)
    context = tls_context(args)

    def connection():
        kind = SMTP
        if args.tarpit > 0:
            args.tarpit -= 1
            kind = Tarpit
        starttls = None if args.implicit else context
        return kind(
            mailbox,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
                success=data.password.decode() == args.password, handled=False
            ),
            auth_required=args.password is not None,
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(connection, args.host, args.port, ssl=context if args.implicit else None)
    say(event="listening", port=server.sockets[0].getsockname()[1])

    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while await commands.readline():
        mailbox.released.release()


if __name__ == "__main__":
    # A sign-in without TLS is what one test is about.
    warnings.simplefilter("ignore")
    logging.disable()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--cert", help="offer STARTTLS, and insist on it, with this certificate (PEM)")
    parser.add_argument("--key", help="the certificate's key (PEM)")
    parser.add_argument("--implicit", action="store_true", help="TLS from the first byte instead of STARTTLS")
    parser.add_argument("--password", help="insist on a sign-in with this password, by any name")
    parser.add_argument("--refuse", metavar="REPLY", help="this reply, such as '550 no', to every recipient")
    parser.add_argument("--quote", action="store_true", help="554 to every message, quoting it")
    parser.add_argument("--defer", type=int, default=0, help="451 to the first N recipients")
    parser.add_argument("--tarpit", type=int, default=0, help="never greet the first N connections")
    parser.add_argument("--reset", type=int, default=0, help="take the first N messages and reset instead of answering")
    parser.add_argument("--hold", action="store_true", help="answer a message only after a line on standard input")
    asyncio.run(main(parser.parse_args()))
