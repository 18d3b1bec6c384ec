"""What a script does in a day, by the library `jira`: lists, creates, uploads.

usage: pypi_jira.py URL basic|token|cookie USERNAME [SESSION]    SESSION is a JSESSIONID that it sends along
       pypi_jira.py URL nothing - SESSION                        SESSION is its only credential
"""

import io
import sys

import loopback  # noqa: F401
from jira import JIRA, JIRAError
from report import Report


def work(report, url, how, username, session=None):
    credentials = {
        "basic": {"basic_auth": (username, "demo")},
        "token": {"token_auth": f"demo-pat-{username}"},
        "cookie": {"auth": (username, "demo")},
        "nothing": {},
    }
    jira = JIRA(url, get_server_info=False, max_retries=0, **credentials[how])
    report.watch(jira._session)
    if session:
        jira._session.cookies.set("JSESSIONID", session)
    report.done("server", jira.server_info()["version"])
    report.done("who", jira.myself()["name"])
    report.done("found", [issue.key for issue in jira.search_issues("project = DEMO")])
    issue = jira.create_issue(project="DEMO", summary="Made by a script", issuetype={"name": "Task"})
    report.done("created", [issue.key, issue.fields.summary])
    file = jira.add_attachment(issue, io.BytesIO(b"three lines\n" * 3), "lines.txt")
    report.done("uploaded", [file.filename, file.size, file.get().decode()])


report = Report()
try:
    work(report, *sys.argv[1:])
# With `auth=` the library signs in again at each 401 and tries again, and begins to count anew after each sign-in.
except (JIRAError, RecursionError) as error:
    report.refused(error)
print(report)
