"""The gateway, set up and entered as in production: `init`, `import`, a real challenge with a code from a real mail."""

import hashlib
import http.client
import os
import pathlib
import shutil

import browser
import machine
import setting

ROOT = pathlib.Path(__file__).resolve().parent.parent
# One more when what setting.py puts into a store changes.
FORMAT = 2


def store_path(stores, account_count, domain_count):
    """Where the prepared store with these tables is: another one for each shape of the database."""
    shape = hashlib.sha256()
    for file in sorted((ROOT / "src/store/migrations/sqlite").iterdir()):
        shape.update(file.read_bytes())
    return stores / f"{account_count}-accounts-{domain_count}-domains-{FORMAT}-{shape.hexdigest()[:12]}"


def prepare_store(binary, stores, account_count, domain_count):
    """Imports the tables, once: the store is kept for the next run."""
    path = store_path(stores, account_count, domain_count)
    if path.exists():
        return path
    partial = path.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    table, config = partial / "directory.csv", partial / "postern.toml"
    with table.open("w") as out:
        out.write("type,domain,email,name,username,claimed\n")
        out.writelines(f"domain,{domain},,,,\n" for domain in setting.domains(domain_count))
        for address, name, username, claimed in setting.accounts(account_count, domain_count):
            out.write(f"account,,{address},{name},{username},{'yes' if claimed else 'no'}\n")
    config.write_text(_settings(partial, partial / "mail", 8080, 8081, 1, [_asked_site(8082)], "", True))
    everywhere = os.sched_getaffinity(0)
    machine.run(everywhere, [binary, "init", "--config", config], timeout=60)
    machine.run(everywhere, [binary, "import", table, "--config", config], timeout=3600)
    table.unlink()
    config.unlink()
    partial.rename(path)
    return path


class Gateway:
    """A gateway with a store, keys and a mail folder of its own."""

    def __init__(self, stack, bench, name, store, *, enforce=True, workers=1, tls=False, in_place=False, cores=None):
        self.folder = bench.home / name
        self.mails = self.folder / "mail"
        self.mails.mkdir(parents=True)
        # A large store is used where it is: what a run adds to it are a few rows.
        home = store if in_place else self.folder
        if not in_place:
            for file in store.iterdir():
                shutil.copy2(file, home / file.name)
        self.port, self.admin = machine.free_port(), machine.free_port()
        self.scheme = "https" if tls else "http"
        certificate = _certificate(bench.keys) if tls else ""
        upstream = bench.upstream.port
        sites = [_token_site(upstream, bench.keys), _asked_site(upstream)]
        config = self.folder / "postern.toml"
        config.write_text(
            _settings(home, self.mails, self.port, self.admin, workers, sites, certificate, enforce, self.scheme)
        )
        command = [bench.binary, "run", "--config", config]
        log = self.folder / "access.log"
        self.server = machine.Server(stack, f"gateway {name}", log, cores or bench.cores.proxy, command, self.port)

    def wait(self, patience_seconds=60):
        self.server.wait(self._ready, patience_seconds)
        return self

    def _ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def enter(self, host, session):
        """Walks Jane through the challenge. Returns the cookies of her browser then."""
        try:
            return browser.verify(self.scheme, host, self.port, setting.PAGE, session, self.mails)
        except (browser.Refused, OSError) as why:
            raise machine.CannotRun(f"the walk through the challenge failed: {why}") from None


def _settings(home, mails, port, admin, workers, sites, certificate, enforce, scheme="http"):
    return f"""
[organization]
name = "Acme"

[listen]
proxy = "127.0.0.1:{port}"
admin = "127.0.0.1:{admin}"
scheme = "{scheme}"
workers = {workers}
# All clients are on this machine.
max_connections_per_address = 100000
{certificate}
{"".join(sites)}
[verification]
mode = "{'enforce' if enforce else 'off'}"

[limits]
# A large store is entered by the same person in every run.
sends_per_account = ["1000/1s"]
tries_per_account = ["1000/1s"]

[mail]
from = "Acme access <access@acme.com>"
file = "{mails}"

[store]
url = "sqlite://{home}/postern.db"
"""


def _asked_site(upstream):
    return f"""
[[site]]
host = "{setting.ASKED_HOST}"
product = "jira-software"
upstream = "http://127.0.0.1:{upstream}"
"""


def _token_site(upstream, keys):
    return f"""
[[site]]
host = "{setting.TOKEN_HOST}"
product = "jira-software"
upstream = "http://127.0.0.1:{upstream}"

[[site.session]]
source = "jwt"
cookie = "{setting.TOKEN_COOKIE}"
issuer = "{setting.ISSUER}"
audience = "{setting.AUDIENCE}"
algorithms = ["RS256"]
jwks_file = "{keys.jwks}"
username_claim = "preferred_username"
session_claim = "sid"
email_verified_claim = "email_verified"
"""


def _certificate(keys):
    return f"""
[[listen.certificate]]
cert_file = "{keys.certificate}"
key_file = "{keys.certificate_key}"
"""
