"""The load: what is sent to a proxy, by which generator, and what a shot of it cost. A shot with one wrong answer fails."""

import contextlib
import dataclasses
import json
import re
import signal
import time

import browser
import machine
import setting
from machine import CannotRun


@dataclasses.dataclass
class Lane:
    """One thing to measure: a proxy, and requests of one kind."""

    name: str
    server: machine.Server
    host: str = setting.TOKEN_HOST
    path: str = setting.PAGE
    cookies: dict = dataclasses.field(default_factory=dict)
    headers: dict = dataclasses.field(default_factory=lambda: setting.HEADERS)
    body_bytes: int = 0
    tls: bool = False
    connections: int = 64
    status: int = 200
    # How many requests the upstream counts for one.
    upstream_counts: int = 1
    # "wrk", or h2load as "http/1.1", "h2", "handshakes"
    generator: str = "wrk"
    # Another process whose CPU time is told beside the proxy's, and not counted.
    beside: machine.Server = None

    def all_headers(self):
        return {"Host": self.host, **self.headers, "Cookie": browser.cookie_header(self.cookies)}

    def check(self):
        """One request, before any is counted."""
        scheme, method = "https" if self.tls else "http", "POST" if self.body_bytes else "GET"
        body = b"x" * self.body_bytes or None
        try:
            answer, data = browser.request(
                scheme, self.host, self.server.port, method, self.path, self.cookies, self.headers, body
            )
        except OSError as why:
            raise CannotRun(f"{self.name}: {why}") from None
        if answer.status != self.status:
            raise CannotRun(f"{self.name}: got {answer.status} where {self.status} was expected: {data[:300]!r}")


@dataclasses.dataclass
class Shot:
    """What was counted while a lane was under load."""

    requests: int
    cpu_seconds: float
    wall_seconds: float
    # User and kernel
    ticks: list
    beside_seconds: float = 0.0

    @property
    def cpu_us(self):
        return self.cpu_seconds / self.requests * 1e6

    def figures(self):
        figures = {
            "cpu_us": self.cpu_us,
            "requests_per_second": self.requests / self.wall_seconds,
            "core_busy": self.cpu_seconds / self.wall_seconds,
            "ticks": self.ticks,
        }
        if self.beside_seconds:
            figures["cpu_us_with_responder"] = (self.cpu_seconds + self.beside_seconds) / self.requests * 1e6
        return figures


class Counter:
    """Reads the clocks and counts around a stretch of time."""

    def __init__(self, lane, upstream, served):
        self.lane, self.upstream = lane, upstream
        self.served = served
        self.cpu, self.beside, self.wall = lane.server.cpu_seconds(), self._beside(), time.monotonic()
        self.ticks = lane.server.ticks()

    def shot(self, requests=None):
        """`requests` is what the generator counted; without it, the upstream's count stands alone."""
        lane, wall = self.lane, time.monotonic() - self.wall
        cpu, beside = lane.server.cpu_seconds() - self.cpu, self._beside() - self.beside
        ticks = [now - before for now, before in zip(lane.server.ticks(), self.ticks)]
        served = self.upstream.since(self.served) / (lane.upstream_counts or 1)
        if requests is None:
            requests = int(served)
        # wrk leaves those uncounted that are out or being read at its end.
        elif lane.upstream_counts and not requests <= served <= requests + 2 * lane.connections:
            raise CannotRun(
                f"{lane.name}: the upstream had {served:.0f} requests, the load generator {requests} answers"
            )
        elif not lane.upstream_counts and served:
            raise CannotRun(
                f"{lane.name}: {served:.0f} requests came to the upstream that should have been answered before it"
            )
        if not requests:
            raise CannotRun(f"{lane.name}: nothing was answered")
        return Shot(requests, cpu, wall, ticks, beside)

    def _beside(self):
        return self.lane.beside.cpu_seconds() if self.lane.beside else 0.0


class Generators:
    """Starts the generators, on their core."""

    def __init__(self, home, cores, upstream, descriptors):
        self.home, self.cores, self.upstream, self.descriptors = home, cores, upstream, descriptors
        self.steady = home / "steady"

    def build(self, source):
        machine.run(self.cores.both, ["cc", "-O2", "-o", self.steady, source], timeout=60)

    def shoot(self, lane, seconds):
        if lane.generator in ("http/1.1", "h2"):
            return self.shoot_window(lane, seconds)
        self._empty_logs()
        handshakes = lane.generator == "handshakes"
        command = self._handshakes(lane, seconds) if handshakes else self._wrk(lane, seconds)
        counter = Counter(lane, self.upstream, self.upstream.at_rest())
        text = machine.run(self.cores.load, command, timeout=seconds + 60)
        return counter.shot(read_h2load(text, lane) if handshakes else read_wrk(text, lane))

    def shoot_window(self, lane, seconds):
        """Counts only a stretch in the midst, when every connection is there and has had its answer twice over: opening
        them is not what is measured."""
        self._empty_logs()
        self.upstream.wait_for_room(lane.connections, self.descriptors)
        by_wrk = lane.generator == "wrk"
        before = self.upstream.at_rest()
        command = self._wrk(lane, 90) if by_wrk else self._h2load(lane, seconds + 1)
        process = machine.start(self.cores.load, command)
        with machine.stopping(process):
            self._wait_for_all(lane, before)
            counter = Counter(lane, self.upstream, self.upstream.requests())
            time.sleep(seconds)
            shot = counter.shot()
            if by_wrk:
                process.send_signal(signal.SIGINT)
            text = machine.finish(process, timeout=60)
        read_wrk(text, lane) if by_wrk else read_h2load(text, lane)
        return shot

    def _wait_for_all(self, lane, before):
        until = time.monotonic() + 40
        while self.upstream.since(before) < 2 * lane.connections:
            if time.monotonic() > until:
                raise CannotRun(f"{lane.name}: {lane.connections} connections were not all served within 40 s")
            time.sleep(0.1)

    def steadily(self, lane, rate, seconds, beside=None):
        """A constant rate; `beside` is (lane, rate) of another stream at the same time. Latencies in µs, by percentile."""
        self._empty_logs()
        commands = [self._steady(lane, rate, seconds, "warm")]
        if beside:
            commands.append(self._steady(beside[0], beside[1], seconds, "beside"))
        processes = []
        with contextlib.ExitStack() as stack:
            for command in commands:
                processes.append(stack.enter_context(machine.stopping(machine.start(self.cores.load, command))))
            results = [read_steady(machine.finish(process, seconds + 60), lane) for process in processes]
        return results if beside else results[0]

    def _wrk(self, lane, seconds):
        command = [
            "wrk",
            "--threads",
            1,
            "--timeout",
            "30s",
            "--connections",
            lane.connections,
            "--duration",
            f"{seconds}s",
        ]
        if lane.body_bytes:
            script = self.home / "post.lua"
            script.write_text(f'wrk.method = "POST"\nwrk.body = string.rep("x", {lane.body_bytes})\n')
            command += ["--script", script]
        for name, value in lane.all_headers().items():
            command += ["--header", f"{name}: {value}"]
        return [*command, f"http://127.0.0.1:{lane.server.port}{lane.path}"]

    def _h2load(self, lane, seconds):
        """The same number of requests out at once: on 64 connections, or on 16 with four streams each."""
        wide = ["-c", 16, "-m", 4] if lane.generator == "h2" else ["-c", 64, "-m", 1]
        return ["h2load", "-t", 1, "-D", f"{seconds}s", *wide, *self._h2load_target(lane)]

    def _handshakes(self, lane, seconds):
        """400 new connections a second with one request each. None resumes a session: each is a client of its own."""
        count = int(400 * seconds)
        pace = ["-c", count, "-n", count, "-r", 8, "--rate-period", "20ms", "-m", 1]
        return ["h2load", "-t", 1, *pace, *self._h2load_target(lane)]

    def _h2load_target(self, lane):
        words = ["--npn-list", "h2" if lane.generator == "h2" else "http/1.1"]
        words += ["--connect-to", f"127.0.0.1:{lane.server.port}"]
        for name, value in lane.all_headers().items():
            if name != "Host":
                words += ["-H", f"{name}: {value}"]
        return [*words, f"https://{lane.host}{lane.path}"]

    def _steady(self, lane, rate, seconds, name):
        file = self.home / f"{name}.request"
        lines = [f"GET {lane.path} HTTP/1.1", *(f"{name}: {value}" for name, value in lane.all_headers().items())]
        file.write_text("\r\n".join(lines) + "\r\n\r\n")
        return [self.steady, lane.server.port, rate, seconds, lane.connections, lane.status, file]

    def _empty_logs(self):
        """All proxies write an access log, as in production; before each shot it is emptied, so no disk fills."""
        for log in self.home.rglob("access.log"):
            log.open("r+b").truncate(0)


def read_wrk(text, lane):
    requests = int(re.search(r"(\d+) requests in", text)[1])
    if sockets := re.search(r"Socket errors: .*", text):
        raise CannotRun(f"{lane.name}: {sockets[0]}")
    failing = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    failing = int(failing[1]) if failing else 0
    if failing != (requests if lane.status >= 400 else 0):
        raise CannotRun(f"{lane.name}: {failing} of {requests} answers had a status of 400 or more")
    return requests


def read_h2load(text, lane):
    done = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", text)
    statuses = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", text)
    if not done or any(int(number) for number in done.groups()[1:]) or int(statuses[1]) < int(done[1]):
        raise CannotRun(f"{lane.name}: {done[0] if done else text[-300:]}; {statuses[0] if statuses else ''}")
    return int(statuses[1])


def read_steady(text, lane):
    result = json.loads(text)
    if result["errors"] or result["unexpected"]:
        counts = f"{result['errors']} unanswered, {result['unexpected']} unexpected"
        raise CannotRun(f"{lane.name}: {counts} of {result['due']} at a constant rate")
    return result
