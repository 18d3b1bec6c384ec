"""The table: what each measure is held against, and what came out. A row whose measurement failed says why."""

import dataclasses
import statistics


@dataclasses.dataclass
class Row:
    measure: str
    against: str
    # "≤" or "≥", and the figure
    bound: str
    target: float
    # One value for each round, or a single one
    values: list
    unit: str = "×"
    # Why there is no value
    reason: str = None
    note: str = None
    # Against another program: what the ratio would be if the gateway's own code took no time at all
    floor: float = None

    @property
    def median(self):
        return statistics.median(self.values) if self.values else None

    @property
    def met(self):
        if not self.values:
            return None
        return self.median <= self.target if self.bound == "≤" else self.median >= self.target

    def figures(self):
        return {**dataclasses.asdict(self), "median": self.median, "met": self.met}


def ratio(results, upper, lower, measure, against, target, **more):
    """CPU time per request of two lanes, round by round: rounds that ran within seconds of each other."""
    values, reason = pairs(results, upper, lower, lambda a, b: a["cpu_us"] / b["cpu_us"])
    is_another = any(name in lower for name in ("nginx", "HAProxy", "Envoy"))
    floor = statistics.median(values) * kernel_share(results[upper]) if values and is_another else None
    return Row(measure, against, "≤", target, values, reason=reason, floor=floor, **more)


def kernel_share(shots):
    """Which part of a lane's CPU time is the kernel's."""
    user, kernel = (sum(ticks) for ticks in zip(*(shot["ticks"] for shot in shots)))
    return kernel / (user + kernel)


def pairs(results, upper, lower, compare):
    for name in (upper, lower):
        if isinstance(results[name], str):
            return [], results[name]
    return [compare(a, b) for a, b in zip(results[upper], results[lower])], None


def table(found):
    """All rows, in the order of their importance."""
    shots = found["shots"]
    rows = [*_enforcement(shots), *_bodies_and_tls(shots)]
    return [*rows, *_latency(found), *_memory(found), *_scale(found), *_sights(found)]


def _enforcement(shots):
    full = "full enforcement"
    lane = lambda lower, against, target, **more: ratio(shots, full, lower, full, against, target, **more)
    refused = lambda upper: ratio(shots, upper, full, upper, "a forwarded request", 0.80)
    return [
        lane("enforcement off", "the same binary as a plain proxy", 1.05),
        lane("nginx", "nginx as a plain proxy", 1.00),
        lane("HAProxy, HS256", "HAProxy, `jwt_verify` HS256 and maps", 0.50),
        lane("HAProxy, RS256", "HAProxy, `jwt_verify` RS256 and maps", 0.30),
        lane("nginx, auth_request", "nginx, `auth_request`; the responder's own time not counted", 0.50),
        lane("Envoy, jwt_authn", "Envoy, `jwt_authn` with its cache", 0.30),
        ratio(shots, "introspected session", full, "introspected session", "JWT session", 1.05),
        refused("303 to the challenge"),
        refused("401 to a background request"),
    ]


def _bodies_and_tls(shots):
    def against_nginx(name, measure, target):
        return ratio(shots, f"{name}, gateway", f"{name}, nginx", measure, "nginx", target)

    handshakes, reason = pairs(
        shots, "TLS handshakes, nginx", "TLS handshakes, gateway", lambda a, b: a["cpu_us"] / b["cpu_us"]
    )
    return [
        against_nginx("20 KiB", "response of 20 KiB", 1.05),
        against_nginx("1 MiB", "response of 1 MiB", 1.05),
        against_nginx("upload", "upload of 1 MiB", 1.05),
        against_nginx("TLS http/1.1", "TLS 1.3, HTTP/1.1, kept connections", 1.00),
        against_nginx("TLS h2", "TLS 1.3, HTTP/2, kept connections", 1.00),
        Row("full handshakes a second, by CPU time", "nginx", "≥", 1.5, handshakes, reason=reason),
    ]


def _latency(found):
    results, reason = found["latency"], None
    if isinstance(results, str):
        results, reason = {"nginx": [], "full enforcement": []}, results
    rounds = list(zip(results["full enforcement"], results["nginx"]))
    against = "nginx, at half the load that it carries"
    return [
        Row("added latency, p50", against, "≤", 15, [a["p50"] - b["p50"] for a, b in rounds], "µs", reason),
        Row("latency, p99", against, "≤", 1.1, [a["p99"] / b["p99"] for a, b in rounds], reason=reason),
    ]


def _memory(found):
    memory, rows = found["memory"], []
    for name, target in (("plain", 8), ("TLS", 20)):
        row = Row(f"memory of an idle connection, {name}", "–", "≤", target, [], "KiB")
        if isinstance(memory, str):
            row.reason = memory
        else:
            row.values, row.note = [memory[f"gateway, {name}"]], f"nginx: {memory[f'nginx, {name}']:.1f} KiB"
        rows.append(row)
    return rows


def _scale(found):
    shots, big = found["shots"], found["big"]
    twice = lambda one, two: 2 * one["cpu_us"] / two["cpu_us"]
    theirs, _ = pairs(shots, "nginx, one worker", "nginx, two workers", twice)
    others, _ = pairs(shots, "10,000 clients, nginx", "64 clients, nginx", lambda a, b: a["cpu_us"] / b["cpu_us"])
    crowd = ratio(
        shots,
        "10,000 clients, gateway",
        "64 clients, gateway",
        f"{found['crowd']:,} concurrent clients",
        "64 of them",
        1.2,
    )
    crowd.note = f"nginx: {statistics.median(others):.2f}" if others else None
    bytes_row = Row("memory of an account, of 10,000,000", "–", "≤", 64, [], "bytes")
    load_row = Row("10,000,000 accounts loaded", "–", "≤", 20, [], "s")
    if isinstance(big, str):
        bytes_row.reason = load_row.reason = big
    else:
        bytes_row.values, load_row.values = [big["bytes_per_account"]], [big["load_seconds"]]
    cores, reason = pairs(shots, "1,000 accounts", "two workers", twice)
    two = Row("throughput, 1 to 2 cores, by CPU time", "itself", "≥", 1.9, cores, reason=reason)
    two.note = f"nginx: {statistics.median(theirs):.2f}" if theirs else None
    return [
        two,
        crowd,
        ratio(shots, "10,000,000 accounts", "1,000 accounts", "10,000,000 accounts", "1,000", 1.05),
        bytes_row,
        load_row,
    ]


def _sights(found):
    results = found["sights"]
    calls = Row("1,000 first sights a second: questions to the product", "one for each session", "≤", 1, [])
    p99 = Row("1,000 first sights a second: p99 of warm traffic", "without them", "≤", 1.2, [])
    if isinstance(results, str):
        calls.reason = p99.reason = results
    else:
        calls.values = [results["calls"] / results["sessions"]]
        times = lambda beside: [a["p99"] / b["p99"] for a, b in zip(results[beside], results["without"])]
        p99.values = times("with")
        p99.note = f"beside as many requests of a known session {statistics.median(times('known')):.2f}"
    return [calls, p99]
