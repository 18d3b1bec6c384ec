"""The other proxies, each set up as somebody who knows it would for this work: one worker, kept connections on both sides,
an access log into a file. Nothing is written to disk but that log."""

import machine
import setting

POOL = "keepalive 256; keepalive_requests 1000000000;"


def nginx_plain(stack, folder, cores, upstream, keys, tls=False, workers=1):
    """Forwards, and nothing else."""
    listen = "ssl http2 backlog=16384" if tls else "backlog=16384"
    return _nginx(
        stack,
        "nginx",
        folder,
        cores,
        lambda port: (
            f"""
{_nginx_common(folder, upstream)}
server {{
    listen 127.0.0.1:{port} {listen};
    {_nginx_certificate(keys) if tls else ""}
    location / {{ {NGINX_FORWARD} }}
}}"""
        ),
        workers,
    )


def nginx_auth_request(stack, folder, cores, upstream, responder_port):
    """Asks a responder on this machine about every request, then forwards. nginx remembers no such answer."""
    return _nginx(
        stack,
        "nginx with auth_request",
        folder,
        cores,
        lambda port: (
            f"""
{_nginx_common(folder, upstream)}
upstream responder {{ server 127.0.0.1:{responder_port}; {POOL} }}
server {{
    listen 127.0.0.1:{port} backlog=16384;
    location / {{
        auth_request /auth;
        {NGINX_FORWARD}
    }}
    location = /auth {{
        internal;
        proxy_pass http://responder;
        proxy_pass_request_body off;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Content-Length "";
        proxy_set_header X-Original-URI $request_uri;
    }}
}}"""
        ),
    )


def responder(stack, folder, cores):
    """The least that can answer `auth_request`: it says yes and looks at nothing."""
    return _nginx(
        stack,
        "responder",
        folder,
        cores,
        lambda port: (
            f"""
access_log off;
server {{ listen 127.0.0.1:{port}; location / {{ return 204; }} }}"""
        ),
    )


# Bodies are streamed, as the gateway does it: held back, an upload of 1 MiB would go through a file.
NGINX_FORWARD = """
        proxy_pass http://product;
        proxy_http_version 1.1;
        proxy_request_buffering off;
        proxy_max_temp_file_size 0;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
"""


def _nginx_common(folder, upstream):
    return f"""
access_log {folder}/access.log combined buffer=64k;
upstream product {{ server 127.0.0.1:{upstream}; {POOL} }}"""


def _nginx_certificate(keys):
    return f"""
    ssl_certificate {keys.certificate};
    ssl_certificate_key {keys.certificate_key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:10m;
    http2_max_concurrent_streams 128;"""


def _nginx(stack, name, folder, cores, body, workers=1):
    folder.mkdir()
    port = machine.free_port()
    return setting.nginx_server(stack, name, folder, cores, setting.nginx(folder, body(port), workers), port)


def haproxy(stack, folder, cores, upstream, keys, maps, algorithm):
    """Verifies the token of every request (it remembers none), then looks up the person's account and domain.

    Proofs it cannot verify, so a part of the gateway's work is not done at all. Its access log is written line by line: into
    a file it knows no other way.
    """
    folder.mkdir()
    port = machine.free_port()
    key = keys.public if algorithm == "RS256" else keys.secret
    file = folder / "haproxy.cfg"
    file.write_text(f"""
global
    nbthread 1
    maxconn 4000
    log stdout format raw local0

defaults
    mode http
    log global
    option httplog
    option forwardfor
    http-reuse always
    timeout connect 5s
    timeout client 600s
    timeout server 60s
    timeout http-keep-alive 600s

frontend people
    bind 127.0.0.1:{port}
    http-request set-var(txn.token) req.cook({setting.TOKEN_COOKIE})
    http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
    http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
    http-request set-var(txn.now) date()
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str {algorithm} }}
    http-request deny deny_status 401 unless {{ var(txn.token),jwt_payload_query('$.iss') -m str {setting.ISSUER} }}
    http-request deny deny_status 401 unless {{ var(txn.token),jwt_payload_query('$.aud') -m str {setting.AUDIENCE} }}
    http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
    http-request deny deny_status 401 unless {{ var(txn.token),jwt_verify(txn.alg,"{key}") -m int 1 }}
    http-request set-var(txn.email) var(txn.token),jwt_payload_query('$.email'),lower
    http-request set-var(txn.claimed) var(txn.email),map_str({maps.accounts},no)
    http-request set-var(txn.verified) var(txn.email),field(2,@),map_str({maps.domains},no)
    http-request set-header X-Class managed if {{ var(txn.claimed) -m str yes }} {{ var(txn.verified) -m str yes }}
    http-request deny deny_status 403 unless {{ var(txn.verified) -m str yes }}
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Proto http
    default_backend product

backend product
    server product 127.0.0.1:{upstream} pool-max-conn 256
""")
    command = ["haproxy", "-db", "-f", file]
    return machine.Server(stack, f"HAProxy {algorithm}", folder / "access.log", cores, command, port)


class Maps:
    """The same tables for HAProxy: address to "claimed", and domain to "verified"."""

    def __init__(self, folder, account_count, domain_count):
        folder.mkdir()
        self.accounts, self.domains = folder / "accounts.map", folder / "domains.map"
        with self.accounts.open("w") as out:
            for address, _, _, claimed in setting.accounts(account_count, domain_count):
                out.write(f"{address} {'yes' if claimed else 'no'}\n")
        with self.domains.open("w") as out:
            out.writelines(f"{domain} yes\n" for domain in setting.domains(domain_count))


def envoy(stack, program, folder, cores, upstream, keys):
    """Verifies tokens, and remembers those that it verified. It looks nobody up and verifies no proof."""
    folder.mkdir()
    port = machine.free_port()
    file = folder / "envoy.yaml"
    file.write_text(f"""
static_resources:
  listeners:
  - name: people
    address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: people
          codec_type: HTTP1
          use_remote_address: true
          generate_request_id: false
          access_log:
          - name: envoy.access_loggers.file
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
              path: {folder}/access.log
          http_filters:
          - name: envoy.filters.http.jwt_authn
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                issuer:
                  issuer: {setting.ISSUER}
                  audiences: [{setting.AUDIENCE}]
                  forward: true
                  from_cookies: [{setting.TOKEN_COOKIE}]
                  local_jwks: {{ filename: {keys.jwks} }}
                  jwt_cache_config: {{ jwt_cache_size: 10000 }}
              rules:
              - match: {{ prefix: / }}
                requires: {{ provider_name: issuer }}
          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {{ prefix: / }}
                route: {{ cluster: product }}
  clusters:
  - name: product
    connect_timeout: 5s
    circuit_breakers: {{ thresholds: [{{ max_connections: 20000, max_pending_requests: 20000, max_requests: 20000 }}] }}
    load_assignment:
      cluster_name: product
      endpoints:
      - lb_endpoints:
        - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {upstream} }} }} }}
""")
    command = [program, "-c", file, "--concurrency", "1", "--log-level", "warn", "--disable-hot-restart"]
    return machine.Server(stack, "Envoy", folder / "envoy.log", cores, command, port)
