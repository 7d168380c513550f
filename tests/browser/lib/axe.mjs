// axe-core in the page: what stands against WCAG 2.2 AA and the customs of accessible pages.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULE_SETS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The violations as readable lines; empty where there is none. `rules` narrows the check. */
export async function violations(page, rules) {
  await page.evaluate(SOURCE);
  const runOnly = rules
    ? { type: "rule", values: rules }
    : { type: "tag", values: RULE_SETS };
  const result = await page.evaluate(
    (only) => globalThis.axe.run(document, { runOnly: only, resultTypes: ["violations"] }),
    runOnly,
  );
  return result.violations.map((violation) => {
    const places = violation.nodes
      .slice(0, 3)
      .map((node) => `${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`);
    return `${violation.id} (${violation.nodes.length}×): ${violation.help}\n    ${places.join("\n    ")}`;
  });
}
