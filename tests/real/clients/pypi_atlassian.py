"""What a script does in a day, by the library `atlassian-python-api`: lists, creates, uploads.

usage: pypi_atlassian.py URL jira|wiki token USERNAME
       pypi_atlassian.py URL jira|wiki cookie SESSION    SESSION is a JSESSIONID and the only credential
"""

import io
import sys

import loopback  # noqa: F401
from atlassian import Confluence, Jira
from report import Report
from requests import HTTPError


def work(report, url, product, how, who):
    credentials = {"token": f"demo-pat-{who}"} if how == "token" else {"cookies": {"JSESSIONID": who}}
    kind = Jira if product == "jira" else Confluence
    client = kind(url, cloud=False, **credentials)
    report.watch(client._impl._session if hasattr(client, "_impl") else client._session)
    (in_jira if product == "jira" else in_the_wiki)(report, client)


def in_jira(report, jira):
    report.done("who", jira.myself()["name"])
    report.done("found", [issue["key"] for issue in jira.jql("project = DEMO")["issues"]])
    fields = {"project": {"key": "DEMO"}, "summary": "Made by a script", "issuetype": {"name": "Task"}}
    key = jira.issue_create(fields)["key"]
    report.done("created", [key, jira.issue(key)["fields"]["summary"]])
    lines = io.BytesIO(b"three lines\n" * 3)
    lines.name = "lines.txt"
    [file] = jira.add_attachment_object(key, lines)
    report.done("uploaded", [file["filename"], file["size"], read(jira, file)])


def in_the_wiki(report, wiki):
    report.done("found", [page["title"] for page in wiki.get_all_pages_from_space("DEMO")])
    page = wiki.create_page("DEMO", "Made by a script", "<p>Text</p>")
    report.done("created", [page["id"], page["title"]])
    stored = wiki.attach_content(b"three lines\n" * 3, "lines.txt", "text/plain", page["id"])
    [file] = stored["results"]
    report.done("uploaded", [file["filename"], file["size"], read(wiki, file)])


def read(client, file):
    session = client._impl._session if hasattr(client, "_impl") else client._session
    answer = session.get(file["content"])
    answer.raise_for_status()
    return answer.text


report = Report()
try:
    work(report, *sys.argv[1:])
except HTTPError as error:
    report.refused(error)
print(report)
