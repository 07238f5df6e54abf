// Holds mails against caniemail's data for Gmail, Apple Mail and Outlook: node caniemail.mjs FILE.html…
// What a client does not support must have a fallback; each stands here with what happens there instead.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const FALLBACKS = {
  "@media": "the light design at its full width: layout and contrast do not need it",
  "<style> element": "every rule but dark mode and narrow screens is inlined",
  "display:none": "the preheader is also 1 px high, of the ground's colour, and cut off",
  "overflow": "see display:none",
  "overflow-wrap": "word-break says the same",
  "word-break": "overflow-wrap says the same; without both, a very long word makes its column wider",
  "<bdi> element": "its text stands there as it is; each name has a line of its own",
  "role attribute": "the table is read as one; its cells hold everything in reading order",
  "aria-hidden attribute": "the stars are read aloud before the score that says the same in words",
  "border-radius": "the button has square corners",
  "<body> element": "the outer table and its cell repeat the body's colours and font",
};

let failed = false;
for (const file of process.argv.slice(2)) {
  const { issues } = caniemail({
    clients: ["gmail.*", "apple-mail.*", "outlook.*"],
    html: readFileSync(file, "utf8"),
  });
  const unsupported = new Map();
  for (const [client, found] of issues.errors) {
    for (const { title } of found) {
      unsupported.set(title, [...(unsupported.get(title) ?? []), client]);
    }
  }
  const bare = [...unsupported].filter(([title]) => !(title in FALLBACKS));
  for (const [title, clients] of bare) console.log(`${file}: ${title} has no fallback in ${clients.join(", ")}`);
  failed ||= bare.length > 0;
  console.log(`caniemail ${file}: ${unsupported.size} unsupported, ${unsupported.size - bare.length} with a fallback`);
}
process.exit(failed ? 1 : 0);
