"""What the load test runs on: the configuration of gateway and nginx, the people, the page. All of it is in this file,
so that a changed option of the gateway is changed here once."""

import os

HOST = "jira.acme.com"
PAGE = "/browse/DEMO-1"
STATUS_PAGE = "/status"
BODY = "x" * 1023 + "\n"

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

# acme.com is verified. Liam's account is claimed, so he is managed; Jane's is not, so she is an external person.
SESSIONS = {
    "jane": {"JSESSIONID": "4A1E0B7C95D24F0E8D6E3C1B2A998877"},
    "liam": {"JSESSIONID": "7F3D2C1B0A9988776655443322110FFE"},
}
DIRECTORY = """type,domain,email,name,username,claimed
domain,acme.com,,,,
account,,liam@acme.com,Liam Cole,liam,yes
account,,jane@acme.com,Jane Doe,jane,no
"""
PEOPLE = {
    "jane": '{"name":"jane","key":"JIRAUSER10101","emailAddress":"jane@acme.com","active":true,"displayName":"Jane Doe"}',
    "liam": '{"name":"liam","key":"JIRAUSER10102","emailAddress":"liam@acme.com","active":true,"displayName":"Liam Cole"}',
}


def gateway(folder, port, admin, upstream, mails, enforce):
    return f"""
[organization]
name = "Acme"

[listen]
proxy = "127.0.0.1:{port}"
admin = "127.0.0.1:{admin}"
scheme = "http"
workers = 1

[[site]]
host = "{HOST}"
product = "jira-software"
upstream = "http://127.0.0.1:{upstream}"

[verification]
enforce = {str(enforce).lower()}

[mail]
from = "Acme access <access@acme.com>"
file = "{mails}"

[store]
url = "sqlite://{folder}/postern.db"
"""


def nginx(role, folder, port, upstream):
    """The upstream (`role` is "upstream") or a plain proxy before it, each with one worker."""
    head = f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
"""
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    body = _upstream(port) if role == "upstream" else _proxy(folder, port, upstream)
    return f"{head}http {{\nkeepalive_requests 1000000000;\nkeepalive_timeout 600s;\n{paths}{body}\n}}\n"


def _upstream(port):
    """A product reduced to what the gateway asks of it: a page, who is signed in, and X-AUSERNAME on every answer."""
    names = "".join(f'"{SESSIONS[who]["JSESSIONID"]}" {who};\n' for who in PEOPLE)
    answers = "".join(f"{who} '{answer}';\n" for who, answer in PEOPLE.items())
    page = BODY.replace("\n", "\\n")
    return f"""
access_log off;
map $cookie_JSESSIONID $who {{ default anonymous; {names} }}
map $who $myself {{ default ''; {answers} }}
server {{
    listen 127.0.0.1:{port};
    location = {STATUS_PAGE} {{ stub_status; }}
    location = /rest/api/2/myself {{
        default_type application/json;
        if ($who = anonymous) {{ return 401 '{{}}'; }}
        return 200 $myself;
    }}
    location / {{
        default_type text/html;
        add_header X-AUSERNAME $who always;
        return 200 "{page}";
    }}
}}"""


def _proxy(folder, port, upstream):
    """Forwards as the gateway does: pooled connections, forwarding headers, an access log."""
    return f"""
access_log {folder}/access.log combined buffer=64k;
upstream product {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000000; }}
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://product;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}
}}"""
