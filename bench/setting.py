"""What the measurements run on: the people, their sessions, the pages, and the upstream that serves them."""

import json
import os
import time

import jwt

import browser
import machine

# Two sites of one product: one finds its sessions in tokens, the other one asks the product.
TOKEN_HOST = "jira.acme.com"
ASKED_HOST = "ask.acme.com"
PAGE = "/browse/DEMO-1"
UPLOAD = "/rest/api/2/issue/DEMO-1/attachments"
STATUS_PAGE = "/status"
BODY = "x" * 1023 + "\n"
FILES = {"/files/20k": 20 << 10, "/files/1m": 1 << 20}
UPLOAD_BYTES = 1 << 20

ISSUER, AUDIENCE, TOKEN_COOKIE = "https://id.acme.com", "jira", "id_token"

# What a browser sends with every page load, besides host and cookies: a proxy copies and checks all of it.
HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-User": "?1",
    "Priority": "u=0, i",
}
# And what a script of the page sends.
BACKGROUND = {
    **{name: HEADERS[name] for name in ("User-Agent", "Accept-Language", "Accept-Encoding")},
    "Accept": "application/json",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
}

# acme.com is verified. Liam's account is claimed, so he is managed; Jane's is not, so she is an external person.
SESSIONS = {"jane": "4A1E0B7C95D24F0E8D6E3C1B2A998877"}
# Whatever begins like this is a session of Liam: sessions that nobody has seen yet are made of it.
NEW_SESSION = "5EED"
PEOPLE = {
    "jane": '{"name":"jane","key":"JIRAUSER10101","emailAddress":"jane@acme.com","active":true,"displayName":"Jane Doe"}',
    "liam": '{"name":"liam","key":"JIRAUSER10102","emailAddress":"liam@acme.com","active":true,"displayName":"Liam Cole"}',
}


def domains(count):
    """The verified ones."""
    yield "acme.com"
    for number in range(count - 1):
        yield f"d{number:06}.example"


def accounts(count, domain_count):
    """Address, name, username, and whether it is claimed: every second one. Only where a product does not tell addresses
    need the directory have login names; here two have one."""
    yield "liam@acme.com", "Liam Cole", "liam", True
    yield "jane@acme.com", "Jane Doe", "jane", False
    for number in range(count - 2):
        address = f"user{number:08}@d{number % (domain_count - 1):06}.example"
        yield address, f"User {number}", "", number % 2 == 1


class Keys:
    """An issuer's keys, its tokens for Jane, and a certificate, all made for this run."""

    def __init__(self, folder):
        folder.mkdir()
        self.private, self.public = folder / "rs256.pem", folder / "rs256.pub.pem"
        self.jwks, self.secret = folder / "jwks.json", "an HS256 secret of this run: " + os.urandom(16).hex()
        self.certificate, self.certificate_key = folder / "tls.pem", folder / "tls.key"
        openssl("genrsa", "-out", self.private, "2048")
        openssl("rsa", "-in", self.private, "-pubout", "-out", self.public)
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        names = ["-subj", f"/CN={TOKEN_HOST}", "-addext", f"subjectAltName=DNS:{TOKEN_HOST},DNS:{ASKED_HOST}"]
        openssl("req", "-x509", *curve, *names, "-keyout", self.certificate_key, "-out", self.certificate)
        self.certificate_key.chmod(0o600)
        public = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).prepare_key(self.public.read_text())
        described = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public)) | {
            "kid": "bench",
            "use": "sig",
            "alg": "RS256",
        }
        described.pop("key_ops", None)
        self.jwks.write_text(json.dumps({"keys": [described]}))
        self.token = jwt.encode(claims(), self.private.read_text(), "RS256", headers={"kid": "bench"})
        self.token_hs256 = jwt.encode(claims(), self.secret, "HS256", headers={"kid": "bench"})


def claims():
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "00u1a2b3c4d5e6f7g8h9",
        "preferred_username": "jane",
        "name": "Jane Doe",
        "email": "jane@acme.com",
        "email_verified": True,
        "sid": "b5c1f3f0-6c0e-4f43-9a39-0f6f3f5b8a11",
        "iat": now,
        "auth_time": now,
        "exp": now + 12 * 3600,
    }


def openssl(*words):
    machine.run(os.sched_getaffinity(0), ["openssl", *words], timeout=60)


class Upstream:
    """A product reduced to what a gateway asks of it, with a count of what it was asked."""

    def __init__(self, stack, folder, cores, keys):
        folder.mkdir()
        self.port, self.asked = machine.free_port(), folder / "asked.log"
        for path, size in FILES.items():
            file = folder / "html" / path[1:]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"x" * size)
        configuration = nginx(folder, upstream(folder, self.port, self.asked, keys))
        self.server = nginx_server(stack, "upstream", folder, cores, configuration, self.port).wait()

    def requests(self):
        """How many it has had, by its own count. The request that asks for it is taken off again by `since`."""
        _, body = browser.request("http", "localhost", self.port, "GET", STATUS_PAGE, {}, {})
        return int(body.split()[9])

    def at_rest(self):
        """Its count when nothing of the last shot is under way any more."""
        before = self.requests()
        while True:
            time.sleep(0.02)
            now = self.requests()
            if now == before + 1:
                return now
            before = now

    def wait_for_room(self, connections, descriptors):
        """Until so many more connections fit beside those that proxies still keep from shots before."""
        for _ in range(400):
            _, body = browser.request("http", "localhost", self.port, "GET", STATUS_PAGE, {}, {})
            if int(body.split()[2]) + connections < descriptors - 500:
                return
            time.sleep(0.1)
        raise machine.CannotRun("the upstream still had thousands of open connections after 40 s")

    def since(self, before):
        return self.requests() - before - 1

    def sessions_asked_about(self):
        """The sessions that it was asked about since the last call, one entry for each question."""
        asked = self.asked.read_text().split()
        os.truncate(self.asked, 0)
        return asked


def nginx_server(stack, name, folder, cores, configuration, port):
    file = folder / "nginx.conf"
    file.write_text(configuration)
    command = ["nginx", "-p", folder, "-c", file, "-e", folder / "error.log"]
    return machine.Server(stack, name, folder / "nginx.log", cores, command, port)


def nginx(folder, body, workers=1):
    """What all nginx here have in common: connections that are kept, all files in a folder of their own."""
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 30000; }}
http {{
sendfile on;
tcp_nopush on;
keepalive_requests 1000000000;
keepalive_timeout 600s;
client_max_body_size 250m;
{paths}
{body}
}}
"""


def upstream(folder, port, asked, keys):
    """Pages, files and uploads, who is signed in, and X-AUSERNAME on every answer. An upload is read whole before it is
    answered, which nginx does for an inner server only; so one upload counts as two requests."""
    answers = "".join(f"{who} '{answer}';\n" for who, answer in PEOPLE.items())
    page = BODY.replace("\n", "\\n")
    return f"""
access_log off;
map_hash_bucket_size 4096;
log_format asked '$cookie_JSESSIONID';
map $cookie_JSESSIONID $by_session {{ default ''; {SESSIONS["jane"]} jane; ~^{NEW_SESSION} liam; }}
map $cookie_{TOKEN_COOKIE} $by_token {{ default ''; {keys.token} jane; {keys.token_hs256} jane; }}
map $by_session$by_token $who {{ default anonymous; jane jane; liam liam; }}
map $who $myself {{ default ''; {answers} }}
upstream inner {{ server unix:{folder}/inner.sock; keepalive 64; keepalive_requests 1000000000; }}
server {{
    listen 127.0.0.1:{port} backlog=16384;
    add_header X-AUSERNAME $who always;
    location = {STATUS_PAGE} {{ stub_status; }}
    location = /rest/api/2/myself {{
        access_log {asked} asked;
        default_type application/json;
        if ($who = anonymous) {{ return 401 '{{}}'; }}
        return 200 $myself;
    }}
    location /files/ {{
        open_file_cache max=10;
        root {folder}/html;
    }}
    location = {UPLOAD} {{
        client_body_buffer_size 2m;
        proxy_pass http://inner;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
    }}
    location / {{
        default_type text/html;
        return 200 "{page}";
    }}
}}
server {{
    listen unix:{folder}/inner.sock;
    location / {{ return 200 "stored\\n"; }}
}}"""
