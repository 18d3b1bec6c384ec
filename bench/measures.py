"""The measurements. Whatever is compared takes turns in short rounds, because machines change speed by the minute."""

import contextlib
import pathlib
import re
import signal
import socket
import ssl
import statistics
import sys
import time

import gateway
import machine
import rivals
import setting
from load import Lane
from machine import CannotRun

EVENTS = "/sys/kernel/tracing/events/syscalls"
# What proxies ask the kernel for while they forward. Whatever else they do is among all of their calls, and named "others".
CALLS = """accept4 brk clock_nanosleep close connect epoll_ctl epoll_pwait epoll_wait fcntl futex getsockopt gettid ioctl
madvise openat poll read readv recvfrom recvmsg sendfile64 sendmsg sendto setsockopt splice write writev""".split()
# A connection is at rest when the gateway has given back what it held for the last request.
REST_SECONDS = 12


def rounds(stage, names, count, seconds, window=False):
    """Shots of the named lanes in turn, in another order each round. Returns {name: [figures of a round] or a reason}."""
    generators = stage.bench.generators
    shoot = generators.shoot_window if window else generators.shoot
    results = {name: stage.lanes[name] if isinstance(stage.lanes[name], str) else [] for name in names}
    for number in range(count):
        shift = number % len(names)
        order = names[shift:] + names[:shift]
        for name in order[:: -1 if number % 2 else 1]:
            if isinstance(results[name], str):
                continue
            try:
                results[name].append(shoot(stage.lanes[name], seconds).figures())
                say(f"{name}, round {number + 1} of {count}")
            except (CannotRun, OSError) as why:
                results[name] = str(why)
                say(f"{name} has no result: {why}")
    return results


def added_latency(stage, rate, count, seconds):
    """nginx and the gateway in turn, at the same constant rate."""
    results = {"nginx": [], "full enforcement": []}
    for number in range(count):
        for name in sorted(results, reverse=number % 2):
            lane = stage.lanes[name]
            if isinstance(lane, str):
                raise CannotRun(lane)
            results[name].append(stage.bench.generators.steadily(lane, rate, seconds))
        say(f"latency at {rate:.0f} requests/s, round {number + 1} of {count}")
    return results


def first_sights(stage, rate, count, seconds):
    """Warm traffic with and without 1,000 sessions a second beside it that were never seen before, and beside as many
    requests of one that is known: what a second generator costs that shares its core with the first and with the upstream."""
    lane = stage.lanes["introspected session"]
    if isinstance(lane, str):
        raise CannotRun(lane)
    new = Lane(
        "new sessions",
        lane.server,
        host=setting.ASKED_HOST,
        cookies={"JSESSIONID": setting.NEW_SESSION + "#" * 16},
    )
    results, upstream = {"without": [], "with": [], "known": [], "sessions": 0, "calls": 0}, stage.bench.upstream
    for number in range(count):
        results["without"].append(stage.bench.generators.steadily(lane, rate, seconds))
        known, _ = stage.bench.generators.steadily(lane, rate, seconds, beside=(lane, 1000))
        results["known"].append(known)
        upstream.sessions_asked_about()
        warm, fresh = stage.bench.generators.steadily(lane, rate, seconds, beside=(new, 1000))
        asked = [session for session in upstream.sessions_asked_about() if session.startswith(setting.NEW_SESSION)]
        if len(set(asked)) != fresh["answered"]:
            raise CannotRun(f"the upstream was asked about {len(set(asked))} of {fresh['answered']} new sessions")
        results["with"].append(warm)
        results["sessions"] += fresh["answered"]
        results["calls"] += len(asked)
        say(f"first sights, round {number + 1} of {count}")
    return results


def idle_memory(bench, connections):
    """What a connection takes that rests after one request, in processes that served nothing else. KiB by name."""
    with contextlib.ExitStack() as stack:
        servers, bytes_before, held = {}, {}, []
        for name, tls in (("plain", False), ("TLS", True)):
            servers[f"gateway, {name}"] = gateway.Gateway(stack, bench, f"idle-{name}", bench.few, tls=tls)
            folder = bench.home / f"idle-nginx-{name}"
            port, keys = bench.upstream.port, bench.keys
            servers[f"nginx, {name}"] = rivals.nginx_plain(stack, folder, bench.cores.proxy, port, keys, tls)
        for name, server in servers.items():
            server.wait()
            cookies, tls = {setting.TOKEN_COOKIE: bench.keys.token}, name.endswith("TLS")
            if name.startswith("gateway"):
                cookies = server.enter(setting.TOKEN_HOST, cookies)
            server = servers[name] = getattr(server, "server", server)
            lane = Lane(name, server, cookies=cookies, tls=tls)
            held += hold(stack, lane, 50)
            bytes_before[name] = server.resident_bytes()
            held += hold(stack, lane, connections)
        say(f"{connections} connections to each of {len(servers)} servers rest for {REST_SECONDS} s")
        time.sleep(REST_SECONDS)
        if any(was_closed(one) for one in held):
            raise CannotRun("a server closed a resting connection before it was measured")
        return {
            name: (server.resident_bytes() - bytes_before[name]) / connections / 1024
            for name, server in servers.items()
        }


def hold(stack, lane, count):
    """Opens connections that stay open, each after one request."""
    lines = [f"GET {lane.path} HTTP/1.1", *(f"{name}: {value}" for name, value in lane.all_headers().items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    context, opened = ssl._create_unverified_context(), []
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", lane.server.port), timeout=20)
        stack.callback(one.close)
        if lane.tls:
            one = context.wrap_socket(one, server_hostname=lane.host)
            stack.callback(one.close)
        one.sendall(request)
        answer = b""
        while not answer.endswith(setting.BODY.encode()):
            more = one.recv(65536)
            if not more:
                raise CannotRun(f"{lane.name}: a connection ended within its first answer")
            answer += more
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise CannotRun(f"{lane.name}: an unexpected answer: {answer[:200]!r}")
        opened.append(one)
    return opened


def was_closed(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


def system_calls(stage, name, seconds):
    """How many of each kind a request takes, under full load: {name: calls per request}.

    The kernel counts, so nothing is slowed down by it. To tell all 350 kinds apart takes most of a minute."""
    lane = stage.lanes[name]
    if isinstance(lane, str):
        raise CannotRun(lane)
    pids = ",".join(str(pid) for pid in lane.server.pids)
    known = [call for call in CALLS if pathlib.Path(f"{EVENTS}/sys_enter_{call}").exists()]
    events = ",".join(["raw_syscalls:sys_enter", *(f"syscalls:sys_enter_{call}" for call in known)])
    command = ["perf", "stat", "-x", ";", "-e", events, "-p", pids]
    try:
        counter = machine.start(stage.bench.cores.both, command)
    except FileNotFoundError:
        raise CannotRun("perf is not installed (on Debian: linux-perf)") from None
    with machine.stopping(counter):
        # perf does not say when it has begun.
        time.sleep(2)
        shot = stage.bench.generators.shoot(lane, seconds)
        counter.send_signal(signal.SIGINT)
        _, said = counter.communicate(timeout=30)
    calls = {kind: int(number) for number, kind in re.findall(r"^(\d+);;\w+:sys_enter_?(\w*)", said, re.M)}
    if not calls.get(""):
        raise CannotRun(f"perf counts no system calls here: {said.strip()[-200:]}")
    found = {kind or "all": number / shot.requests for kind, number in calls.items()}
    found["others"] = 2 * found["all"] - sum(found.values())
    return {kind: number for kind, number in sorted(found.items(), key=lambda one: -one[1]) if number >= 0.005}


def median(values):
    return statistics.median(values)


def say(text):
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)
