"""The processes that are measured, and the lanes: what is sent to which. What cannot be started has a reason instead."""

import functools

import gateway
import machine
import rivals
import setting
from load import Lane
from machine import CannotRun

DOMAINS, ACCOUNTS, FEW_ACCOUNTS, MANY_ACCOUNTS = 100_000, 1_000_000, 1_000, 10_000_000
# All of them stay below what one process may open, with one connection to the upstream for each.
CROWD = 10_000


class Stage:
    """All processes of a run, and `lanes`: the name of each to the lane itself, or to why there is none. `only` names the
    processes that are started; without it all are."""

    def __init__(self, bench, only=None):
        self.bench, self.only, self.lanes = bench, only, {}
        self.crowd = min(CROWD, (bench.descriptors - 1000) // 2)
        self._start()
        self._main()
        self._rivals()
        self._bodies()
        self._tls()
        self._tables()

    def _start(self):
        """All that can start side by side. The largest store is loaded after them, by itself: its time is a figure."""
        bench, few, many = self.bench, self.bench.few, self.bench.accounts
        home, up, core = bench.home, bench.upstream.port, bench.cores.proxy
        self.responder = rivals.responder(bench.stack, home / "responder", bench.cores.load)
        gateway_of, plain = gateway.Gateway, rivals.nginx_plain
        maps = functools.cache(lambda: rivals.Maps(home / "maps", ACCOUNTS, DOMAINS))
        haproxy = lambda name, algorithm: rivals.haproxy(
            bench.stack, home / name, core, up, bench.keys, maps(), algorithm
        )
        ways = {
            "gateway": lambda: gateway_of(bench.stack, bench, "main", many),
            "off": lambda: gateway_of(bench.stack, bench, "off", many, enforce=False),
            "tls": lambda: gateway_of(bench.stack, bench, "tls", many, tls=True),
            "few": lambda: gateway_of(bench.stack, bench, "few", few),
            "two": lambda: gateway_of(bench.stack, bench, "two", few, workers=2, cores=bench.cores.both),
            "nginx": lambda: plain(bench.stack, home / "nginx", core, up, bench.keys),
            "nginx two": lambda: plain(
                bench.stack, home / "nginx-two", bench.cores.both, up, bench.keys, workers=2
            ),
            "nginx tls": lambda: plain(bench.stack, home / "nginx-tls", core, up, bench.keys, tls=True),
            "auth": lambda: rivals.nginx_auth_request(bench.stack, home / "nginx-auth", core, up, self.responder.port),
            "HS256": lambda: haproxy("haproxy-hs", "HS256"),
            "RS256": lambda: haproxy("haproxy-rs", "RS256"),
            "envoy": lambda: rivals.envoy(bench.stack, bench.envoy, home / "envoy", core, up, bench.keys),
        }
        wanted = self.only or ways
        started = {name: self._try(way) if name in wanted else "It is left out." for name, way in ways.items()}
        self.responder.wait()
        self.started = {
            name: server if isinstance(server, str) else self._try(server.wait) for name, server in started.items()
        }
        if isinstance(self.started["gateway"], str):
            raise CannotRun(self.started["gateway"])

    def _try(self, function, *words, **more):
        try:
            return function(*words, **more)
        except CannotRun as why:
            return str(why)

    def _lane(self, name, server, cookies, **more):
        """Adds a lane after one request showed that it does what it is to do. A server or cookies may be a reason."""
        for missing in (server, cookies):
            if isinstance(missing, str):
                self.lanes[name] = missing
                return
        lane = Lane(name, getattr(server, "server", server), cookies=cookies, **more)
        self.lanes[name] = self._try(lane.check) or lane

    def _enter(self, server):
        """The cookies of Jane's browser after the challenge, at the site that finds its sessions in tokens."""
        token = {setting.TOKEN_COOKIE: self.bench.keys.token}
        return server if isinstance(server, str) else self._try(server.enter, setting.TOKEN_HOST, token)

    def _main(self):
        main, token = self.started["gateway"], {setting.TOKEN_COOKIE: self.bench.keys.token}
        self.jane = main.enter(setting.TOKEN_HOST, token)
        asked = self._try(main.enter, setting.ASKED_HOST, {"JSESSIONID": setting.SESSIONS["jane"]})
        self._lane("full enforcement", main, cookies=self.jane)
        self._lane("enforcement off", self.started["off"], cookies=self.jane)
        self._lane("introspected session", main, host=setting.ASKED_HOST, cookies=asked)
        refused = {"cookies": token, "upstream_counts": 0}
        self._lane("303 to the challenge", main, status=303, **refused)
        self._lane("401 to a background request", main, status=401, headers=setting.BACKGROUND, **refused)

    def _rivals(self):
        jane, started = self.jane, self.started
        self._lane("nginx", started["nginx"], cookies=jane)
        self._lane(
            "HAProxy, HS256", started["HS256"], cookies={**jane, setting.TOKEN_COOKIE: self.bench.keys.token_hs256}
        )
        self._lane("HAProxy, RS256", started["RS256"], cookies=jane)
        self._lane("nginx, auth_request", started["auth"], cookies=jane, beside=self.responder)
        self._lane("Envoy, jwt_authn", started["envoy"], cookies=jane)

    def _bodies(self):
        for name in ("gateway", "nginx"):
            wide = {"cookies": self.jane, "connections": 16}
            upload = {"path": setting.UPLOAD, "body_bytes": setting.UPLOAD_BYTES, "upstream_counts": 2}
            self._lane(f"20 KiB, {name}", self.started[name], path="/files/20k", cookies=self.jane)
            self._lane(f"1 MiB, {name}", self.started[name], path="/files/1m", **wide)
            self._lane(f"upload, {name}", self.started[name], headers=setting.BACKGROUND, **upload, **wide)

    def _tls(self):
        secured = self.started["tls"]
        cookies = self._enter(secured)
        for name, server in (("gateway", secured), ("nginx", self.started["nginx tls"])):
            for generator in ("http/1.1", "h2", "handshakes"):
                self._lane(f"TLS {generator}, {name}", server, cookies=cookies, tls=True, generator=generator)

    def _tables(self):
        for name, lane in (("few", "1,000 accounts"), ("two", "two workers")):
            self._lane(lane, self.started[name], self._enter(self.started[name]))
        self._lane("nginx, one worker", self.started["nginx"], cookies=self.jane)
        self._lane("nginx, two workers", self.started["nginx two"], cookies=self.jane)
        self.big = "It is left out." if self.only else self._try(self._load_big)
        self._lane("10,000,000 accounts", self.big, self._enter(self.big))
        for name in ("gateway", "nginx"):
            self._lane(f"64 clients, {name}", self.started[name], cookies=self.jane)
            self._lane(f"10,000 clients, {name}", self.started[name], cookies=self.jane, connections=self.crowd)

    def _load_big(self):
        if isinstance(self.bench.many, str):
            raise CannotRun(self.bench.many)
        return gateway.Gateway(self.bench.stack, self.bench, "big", self.bench.many, in_place=True).wait(self.bench.patience_seconds)
