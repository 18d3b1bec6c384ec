#!/usr/bin/env python3
"""The gateway beside nginx, HAProxy and Envoy, on one machine, in turns. `./dev bench` installs what this needs.

The gateway is set up and entered as in production. A shot counts only if every answer was the one that was expected and the
upstream's own count agrees. Everything stays on loopback, and all processes end with this one. How to read the result:
README.md.
"""

import argparse
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import gateway
import lanes
import load
import machine
import measures
import report
import rows
import setting

ROOT = gateway.ROOT
ENFORCEMENT = [
    "full enforcement",
    "enforcement off",
    "nginx",
    "HAProxy, HS256",
    "HAProxy, RS256",
    "nginx, auth_request",
    "Envoy, jwt_authn",
    "introspected session",
    "303 to the challenge",
    "401 to a background request",
]
BODIES = [f"{body}, {proxy}" for body in ("20 KiB", "1 MiB", "upload") for proxy in ("gateway", "nginx")]
TLS = [f"TLS {kind}, {proxy}" for kind in ("http/1.1", "h2", "handshakes") for proxy in ("gateway", "nginx")]
SCALE = ["10,000,000 accounts", "1,000 accounts", "two workers", "nginx, one worker", "nginx, two workers"]
# What `./dev release` shows the compiler, with the seconds of each: the warm request above all, and of the rest enough to know it.
TRAINING = {
    "full enforcement": 6,
    "introspected session": 4,
    "enforcement off": 1,
    "303 to the challenge": 1,
    "401 to a background request": 1,
    "20 KiB, gateway": 2,
    "1 MiB, gateway": 1,
    "upload, gateway": 1,
    "TLS http/1.1, gateway": 4,
    "TLS h2, gateway": 4,
    "TLS handshakes, gateway": 1,
}
CROWD = [f"{clients} clients, {proxy}" for proxy in ("gateway", "nginx") for clients in ("64", "10,000")]


def main():
    options = arguments()
    # By hand, as a shell that starts this in the background has it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    if not os.access(options.binary, os.X_OK):
        sys.exit(f"{options.binary} is not there: build it with `cargo build --release`, or name it with --binary.")
    if options.prepare:
        gateway.prepare_store(options.binary, options.stores, lanes.MANY_ACCOUNTS, lanes.DOMAINS)
        return
    if options.train:
        train(options)
        return
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        bench = Bench(options, stack)
        about = describe(options, bench)
        found = measure(options, bench)
    about.append(f"the whole run took {time.monotonic() - began:.0f} s; before it others kept {bench.busy:.1f} cores busy")
    if bench.busy > 0.2:
        about.append("the machine was busy with other things before: do not quote this run, least of all its latencies")
    table = rows.table(found)
    file = report.write(options.out, options.name, about, table, found)
    print("\n".join(report.table(table)))
    print(f"\n{file}")
    if not options.quick and not options.no_readme:
        report.update_readme(ROOT / "README.md", time.strftime("%Y-%m-%d"), table, os.path.relpath(file, ROOT))


def arguments():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="under two minutes, all rows: enough to see that all is in order"
    )
    parser.add_argument("--no-readme", action="store_true", help="leave the table in README.md as it is")
    parser.add_argument("--binary", type=pathlib.Path, default=target / "release/postern")
    parser.add_argument("--envoy", type=pathlib.Path, default=target / "bench/envoy/bin/envoy")
    parser.add_argument(
        "--stores", type=pathlib.Path, default=target / "bench-stores", help="where prepared stores are kept"
    )
    parser.add_argument(
        "--prepare", action="store_true", help="only import the ten million accounts, which is remembered"
    )
    parser.add_argument(
        "--train", action="store_true", help="measure nothing: only show a binary the traffic that it will be compiled for"
    )
    parser.add_argument("--name", help="of the files in bench/results (default: the date, or quick)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results", help="the folder for the result")
    options = parser.parse_args()
    options.binary, options.stores = options.binary.resolve(), options.stores.resolve()
    options.name = options.name or ("quick" if options.quick else time.strftime("%Y-%m-%d"))
    return options


class Bench:
    """What every measurement needs: cores, keys, prepared stores, the upstream, the generators, a folder that goes away."""

    def __init__(self, options, stack, accounts=lanes.ACCOUNTS):
        self.stack, self.binary, self.envoy = stack, options.binary, options.envoy
        self.busy, self.descriptors = machine.busy(), machine.allow_many_descriptors()
        self.cores = machine.Cores(one_will_do=options.train)
        # With the largest store, which is to be loaded in 20 s.
        self.patience_seconds = 40 if options.quick else 120
        self.few = self._store(options, lanes.FEW_ACCOUNTS)
        self.accounts = self._store(options, accounts)
        many = gateway.store_path(options.stores, lanes.MANY_ACCOUNTS, lanes.DOMAINS)
        self.many = (
            many
            if many.exists()
            else "The store of ten million accounts is not prepared: `./dev bench` prepares it once."
        )
        self.home = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postern-bench-")))
        try:
            self.keys = setting.Keys(self.home / "keys")
            self.upstream = setting.Upstream(stack, self.home / "upstream", self.cores.load, self.keys)
            self.generators = load.Generators(self.home, self.cores, self.upstream, self.descriptors)
            self.generators.build(ROOT / "bench/steady.c")
        except machine.CannotRun as why:
            sys.exit(str(why))

    def _store(self, options, accounts):
        measures.say(f"the store of {accounts:,} accounts")
        return gateway.prepare_store(options.binary, options.stores, accounts, lanes.DOMAINS)


def measure(options, bench):
    """Everything, in about nine minutes, or under two."""
    few, more, seconds, steady_seconds = (1, 2, 1, 1.5) if options.quick else (5, 6, 2, 3)
    measures.say("starting everything")
    stage = lanes.Stage(bench)
    big = stage.big if isinstance(stage.big, str) else big_figures(stage)
    shots = measures.rounds(stage, ENFORCEMENT, more, seconds)
    shots |= measures.rounds(stage, BODIES, few, seconds)
    shots |= measures.rounds(stage, TLS, few, seconds)
    shots |= measures.rounds(stage, SCALE, more, seconds)
    rate = half_of_nginx(shots)
    found = {
        "shots": shots,
        "rate": rate,
        "crowd": stage.crowd,
        "big": big,
        "latency": _attempt(measures.added_latency, stage, rate, few, steady_seconds),
        "sights": _attempt(measures.first_sights, stage, min(rate, 4000), few, steady_seconds),
        "system_calls": {
            name: _attempt(measures.system_calls, stage, name, 1)
            for name in ("full enforcement", "enforcement off", "nginx")
        },
        "memory": _attempt(measures.idle_memory, bench, 1000 if options.quick else 3000),
    }
    # Last, because what thousands of closed connections leave behind would be in the way of the others.
    shots |= measures.rounds(stage, CROWD, 1 if options.quick else 3, seconds, window=True)
    return found


def train(options):
    """The binary writes down where it spent its time when it ends, with `stack`. A lane without a result is a lane not learnt."""
    with contextlib.ExitStack() as stack:
        bench = Bench(options, stack, accounts=lanes.FEW_ACCOUNTS)
        stage = lanes.Stage(bench, only=("gateway", "off", "tls"))
        for name, seconds in TRAINING.items():
            shots = measures.rounds(stage, [name], 1, seconds)
            if isinstance(shots[name], str) and name == "full enforcement":
                sys.exit(shots[name])
        _attempt(measures.first_sights, stage, 1000, 1, 2)


def _attempt(function, *words):
    try:
        return function(*words)
    except (machine.CannotRun, OSError) as why:
        measures.say(f"no result: {why}")
        return str(why)


def big_figures(stage):
    """What ten million accounts take, against the same process with a thousand and as many domains."""
    more = stage.big.server.resident_bytes() - stage.started["few"].server.resident_bytes()
    accounts = lanes.MANY_ACCOUNTS - lanes.FEW_ACCOUNTS
    return {"load_seconds": stage.big.server.start_seconds, "bytes_per_account": more / accounts}


def half_of_nginx(shots):
    """Half of the requests a second that nginx carried in this run."""
    if isinstance(shots["nginx"], str):
        return 1000
    return measures.median(one["requests_per_second"] for one in shots["nginx"]) / 2


def describe(options, bench):
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    versions = {
        "nginx": ["nginx", "-v"],
        "HAProxy": ["haproxy", "-v"],
        "Envoy": [str(options.envoy), "--version"],
        "wrk": ["wrk", "-v"],
        "h2load": ["h2load", "--version"],
    }
    return [
        f"{time.strftime('%Y-%m-%d')}, commit {commit.stdout.strip() or 'unknown'}"
        + (", a quick run" if options.quick else ""),
        machine.description(),
        ", ".join(f"{name} {machine.version(command)}" for name, command in versions.items()),
        "one worker of each proxy on one core; load generators and upstream on another one",
    ]


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
    except machine.CannotRun as why:
        sys.exit(str(why))
