"""Names under `.localhost` are this machine (RFC 6761, section 6.3). Browsers know it, Python's resolver does not."""

import socket

_resolve = socket.getaddrinfo


def _resolve_here(host, *arguments, **options):
    if isinstance(host, str) and host.endswith(".localhost"):
        host = "127.0.0.1"
    return _resolve(host, *arguments, **options)


socket.getaddrinfo = _resolve_here
