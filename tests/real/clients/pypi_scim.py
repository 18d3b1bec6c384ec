"""Holds a SCIM server against the standards, by the conformance checker `scim2-tester`: it reads what the server declares, and
then adds, reads, replaces, patches and removes every kind of resource and every attribute.

usage: pypi_scim.py URL KEY DOMAIN    DOMAIN is one whose people the server takes
"""

import json
import sys
import uuid

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import ScimPolicy, ScimProvider
from scim2_tester import check_server


class Addresses:
    """Always another address of the domain. What the checker draws by itself is of a domain that nobody verified."""

    def __init__(self, domain):
        self.domain = domain

    def __len__(self):
        return 1

    def __getitem__(self, _):
        return f"{uuid.uuid4()}@{self.domain}"


def emails(model):
    """The model of one address in the user that the server declares."""
    [of_list] = [part for part in model.model_fields["emails"].annotation.__args__ if part is not type(None)]
    return of_list.__args__[0]


def check(url, key, domain):
    http = Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, trust_env=False)
    # A user has the account's id in an extension of a form that this library cannot declare; all else is held to the letter.
    policy = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
    client = SyncSCIMClient(http, provider=ScimProvider(policy=policy))
    client.discover()
    emails(client.get_resource_model("User")).model_fields["value"].examples = Addresses(domain)
    for result in check_server(client):
        yield {
            "check": result.title,
            "kind": result.resource_type,
            "status": result.status.name,
            "reason": str(result.reason),
        }


print(json.dumps(list(check(*sys.argv[1:]))))
