// What a script does in a day, by the library `jira.js`: lists, creates, uploads.
//
// usage: npm_jira.mjs FOLDER URL token|basic|cookie WHO    FOLDER has node_modules; WHO is a user name, or a JSESSIONID
import dns from "node:dns";
import { createRequire } from "node:module";

// Names under `.localhost` are this machine (RFC 6761, section 6.3). Browsers know it, Node's resolver does not.
const resolve = dns.lookup;
dns.lookup = (host, ...rest) => resolve(host.endsWith(".localhost") ? "127.0.0.1" : host, ...rest);

const [folder, host, how, who] = process.argv.slice(2);
const { Version2Client } = createRequire(`${folder}/`)("jira.js");

const credentials = {
    token: { authentication: { oauth2: { accessToken: `demo-pat-${who}` } } },
    basic: { authentication: { basic: { email: who, apiToken: "demo" } } },
    cookie: { baseRequestConfig: { headers: { Cookie: `JSESSIONID=${who}` } } },
};
const jira = new Version2Client({ host, ...credentials[how] });
const done = {};
let refused = null;
try {
    done.who = (await jira.myself.getCurrentUser()).name;
    const found = await jira.issueSearch.searchForIssuesUsingJql({ jql: "project = DEMO" });
    done.found = found.issues.map((issue) => issue.key);
    const fields = { project: { key: "DEMO" }, summary: "Made by a script", issuetype: { name: "Task" } };
    const { key } = await jira.issues.createIssue({ fields });
    const issue = await jira.issues.getIssue({ issueIdOrKey: key });
    done.created = [issue.key, issue.fields.summary];
    const attachment = { filename: "lines.txt", file: Buffer.from("three lines\n".repeat(3)) };
    const [file] = await jira.issueAttachments.addAttachment({ issueIdOrKey: key, attachment });
    done.uploaded = [file.filename, file.size];
} catch (error) {
    const answer = error.cause?.response ?? error.response;
    if (!answer) throw error;
    refused = {
        error: error.constructor.name,
        status: answer.status,
        content_type: answer.headers["content-type"],
        body: JSON.stringify(answer.data),
    };
}
console.log(JSON.stringify({ requests: [], done, refused }));
