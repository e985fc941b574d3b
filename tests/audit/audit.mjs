// Audits the server at the address in the first argument against GraphQL over HTTP and prints a line of JSON for each
// requirement: its id, its name, "ok", "notice", "warn" or "error", and the reason if it is not met.
import { auditServer } from "graphql-http";

/** @param {import("graphql-http").AuditResult} result */
async function reasonOf(result) {
  if (result.status === "ok") return null;
  // What the server answered says more than what the audit had hoped for.
  const { status, headers } = result.response;
  const body = await result.response.text().catch(() => "");
  return `${result.reason} (${status} ${headers.get("content-type")} ${body.slice(0, 300)})`;
}

const [url] = process.argv.slice(2);
for (const result of await auditServer({ url, fetchFn: fetch })) {
  const reason = await reasonOf(result);
  console.log(JSON.stringify({ id: result.id, name: result.name, status: result.status, reason }));
}
