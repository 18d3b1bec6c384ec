//! A small Jira and Confluence look-alike and a mailbox, for `postern demo` and the tests.
