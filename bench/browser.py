"""The least of a browser that passes a challenge: follow the redirect, read the code from the mail, send the form."""

import email
import email.policy
import html.parser
import http.client
import re
import ssl
import time
import urllib.parse

NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}


class Refused(Exception):
    """The walk did not end at the page."""


def verify(scheme, host, port, page, session, mails):
    """Takes a person from a deep link through the code to the page. Returns all cookies, the proof among them."""
    browser = Browser(scheme, host, port, dict(session))
    status, location, text = browser.open("GET", page, {"Sec-Fetch-Site": "none"})
    # To the page that asks, by way of the host at which the organization keeps who verified.
    for _ in range(6):
        if status != 303:
            break
        status, location, text = browser.open("GET", location, {"Sec-Fetch-Site": "none"})
    form = Forms(text).with_field("code")
    if status != 200 or not form:
        raise Refused(f"no page that asks for a code came: {status}\n{text[:1000]}")
    form["fields"]["code"] = code_from_mail(mails)
    status, location, text = browser.open(
        "POST",
        form["action"] or browser.path,
        {
            "Sec-Fetch-Site": "same-origin",
            "Origin": f"{scheme}://{browser.host}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        urllib.parse.urlencode(form["fields"]),
    )
    if browser.host != host or not any(name.endswith("postern-proof") for name in browser.cookies):
        raise Refused(f"the code was not taken: {status} to {location}\n{text[:1000]}")
    return browser.cookies


def code_from_mail(mails):
    """Waits for a mail in the folder, takes it, and returns the digits of its code."""
    for _ in range(200):
        for path in sorted(mails.glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            text = message.get_body(("plain", "html")).get_content()
            found = re.search(r"(?<![\w.-])(\d{3} ?\d{3}|\d{4} ?\d{4})(?![\w.-]?\d)", text)
            if found:
                path.unlink()
                return found[1].replace(" ", "")
        time.sleep(0.05)
    raise Refused(f"no mail with a code came into {mails} within 10 s")


class Browser:
    """The hosts behind one port, the cookies of each, and the page that is open."""

    def __init__(self, scheme, host, port, cookies):
        self.scheme, self.host, self.port, self.path = scheme, host, port, "/"
        self.jars = {host: cookies}

    @property
    def cookies(self):
        return self.jars.setdefault(self.host, {})

    def open(self, method, target, headers, body=None):
        """Sends one request and keeps its cookies. Returns status, Location, text."""
        url = urllib.parse.urlsplit(urllib.parse.urljoin(f"{self.scheme}://{self.host}{self.path}", target))
        self.host = url.hostname
        self.path = url.path + (f"?{url.query}" if url.query else "")
        headers = {**NAVIGATION, **headers}
        answer, data = request(self.scheme, self.host, self.port, method, self.path, self.cookies, headers, body)
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
        return answer.status, answer.headers.get("Location"), data.decode(errors="replace")


class Forms(html.parser.HTMLParser):
    """The forms of a page: action and named fields with their values."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""), "fields": {}})
        elif tag == "input" and self.forms and attrs.get("name"):
            self.forms[-1]["fields"][attrs["name"]] = attrs.get("value") or ""

    def with_field(self, name):
        return next((form for form in self.forms if name in form["fields"]), None)


def request(scheme, host, port, method, path, cookies, headers, body=None):
    """One request on a connection of its own. The certificate is one of the run's own making, so it is not checked."""
    if scheme == "https":
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=20, context=ssl._create_unverified_context()
        )
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {**headers, "Host": host}
    if cookies:
        headers["Cookie"] = cookie_header(cookies)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def cookie_header(cookies):
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
