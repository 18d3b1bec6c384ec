"""What a client did and how it ended, as one line of JSON for the test that started it."""

import json


class Report:
    def __init__(self):
        self.said = {"requests": [], "done": {}, "refused": None}

    def watch(self, session):
        """Notes each request as it left the library's `requests` session."""
        session.hooks["response"].append(self._note)

    def _note(self, response, *_, **__):
        sent = response.request
        self.said["requests"].append(
            {
                "cookie": sent.headers.get("Cookie"),
                "authorization": "Authorization" in sent.headers,
            }
        )

    def done(self, what, value):
        self.said["done"][what] = value

    def refused(self, error):
        """The error that the library raised. As a rule it holds the answer: what its user gets to see."""
        response = getattr(error, "response", None)
        self.said["refused"] = {
            "error": type(error).__name__,
            "status": response.status_code if response is not None else 0,
            "content_type": response.headers.get("Content-Type") if response is not None else "",
            "body": response.text if response is not None else "",
        }

    def __str__(self):
        return json.dumps(self.said)
