"""Calls methods of the library `atlassian-python-api` for organization admins, one per line, and says what each gave.

usage: pypi_atlassian_admin.py URL KEY

Each line of the input is a JSON list: the class, the method, its arguments, its keyword arguments. Each line of the output is a JSON
object: `value`, or `status` and `error`. A line with a class alone lists the methods it has.
"""

import json
import sys

import requests
from atlassian import cloud_admin
from requests.adapters import HTTPAdapter


class Here(HTTPAdapter):
    """Sends what is addressed to the product's own host to a gateway; nothing of the library is changed."""

    def __init__(self, url):
        self.url = url
        super().__init__()

    def send(self, request, **options):
        request.url = request.url.replace(cloud_admin.ADMIN_URL, self.url, 1)
        return super().send(request, **options)


def client(name, url, key):
    session = requests.Session()
    session.trust_env = False
    session.mount(cloud_admin.ADMIN_URL, Here(url))
    return getattr(cloud_admin, name)(key, session=session)


def answer(clients, line):
    name, *call = json.loads(line)
    if not call:
        return {"value": sorted(method for method in vars(getattr(cloud_admin, name)) if method[0] != "_")}
    method, arguments, options = call
    try:
        return {"value": getattr(clients[name], method)(*arguments, **options)}
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else None
        return {"status": status, "error": str(error)}


def main(url, key):
    names = ["CloudAdmin", "CloudAdminOrgs", "CloudAdminUsers"]
    clients = {name: client(name, url, key) for name in names}
    for line in sys.stdin:
        print(json.dumps(answer(clients, line)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
