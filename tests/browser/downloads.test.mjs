// Every address that the pages offer, and every file behind it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { everyPage } from "./lib/pages.mjs";
import { useSite } from "./lib/suite.mjs";

const site = useSite();

/** Addresses on this site in a page's text, in order, without fragments. */
function links(html) {
  const found = [...html.matchAll(/(?:href|src|action)="(\/[^"#]*)/g)].map((match) =>
    match[1].replaceAll("&amp;", "&"),
  );
  return [...new Set(found)];
}

async function allLinks() {
  const seen = new Set();
  for (const { path } of everyPage()) {
    const html = await (await fetch(site.base + path)).text();
    for (const link of links(html)) seen.add(link);
  }
  return [...seen];
}

const ending = (link) => new URL(link, "http://x").pathname.match(/\.(svg|csv|json|parquet)$/)?.[1];

/** Rows of a CSV text with quoted fields. */
function csvRows(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

const FORMS = {
  async svg(answer) {
    assert.match(answer.headers.get("content-type"), /^image\/svg\+xml/);
    const text = await answer.text();
    assert.match(text, /<svg[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.ok(text.length > 500, `${text.length} characters`);
    assert.doesNotMatch(text, /<script|NaN/);
    return text;
  },
  async csv(answer) {
    assert.match(answer.headers.get("content-type"), /^text\/csv/);
    const rows = csvRows(await answer.text());
    assert.ok(rows.length >= 2, "a header and a row");
    assert.deepEqual([...new Set(rows.map((row) => row.length))], [rows[0].length], "rows are of one width");
    return rows;
  },
  async json(answer) {
    assert.match(answer.headers.get("content-type"), /^application\/json/);
    const text = await answer.text();
    assert.ok(Object.keys(JSON.parse(text)).length > 0);
    return text;
  },
  async parquet(answer) {
    assert.match(answer.headers.get("content-type"), /parquet|octet-stream/);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(bytes.subarray(0, 4).toString(), "PAR1");
    assert.equal(bytes.subarray(-4).toString(), "PAR1");
    assert.ok(bytes.length > 200, `${bytes.length} bytes`);
    return bytes;
  },
};

test("every link of every page leads somewhere", async () => {
  const list = await allLinks();
  assert.ok(list.length > 150, `${list.length} links were found`);
  const dead = [];
  for (const link of list) {
    const answer = await fetch(site.base + link);
    await answer.arrayBuffer();
    if (answer.status !== 200) dead.push(`${answer.status} ${link}`);
  }
  assert.deepEqual(dead, []);
});

test("every file is of the kind that its ending says", async () => {
  const counts = { svg: 0, csv: 0, json: 0, parquet: 0 };
  for (const link of await allLinks()) {
    const kind = ending(link);
    if (!kind || link.includes("/assets/")) continue;
    await FORMS[kind](await fetch(site.base + link)).catch((error) => {
      throw new Error(`${link}: ${error.message}`);
    });
    counts[kind] += 1;
  }
  for (const [kind, count] of Object.entries(counts)) assert.ok(count > 0, `no ${kind} is offered`);
});

test("each chart is offered as SVG, CSV and JSON", async () => {
  let figures = 0;
  for (const { path } of everyPage()) {
    const html = await (await fetch(site.base + path)).text();
    for (const figure of html.match(/<figure class="figure"[\s\S]*?<\/figure>/g) ?? []) {
      figures += 1;
      const kinds = new Set(links(figure).map(ending).filter(Boolean));
      assert.deepEqual([...kinds].sort(), ["csv", "json", "svg"], `${path}: ${figure.slice(0, 80)}`);
    }
  }
  assert.ok(figures >= 20, `only ${figures} charts were found`);
});

test("the data page's CSV holds the published total of Hưng Yên 2024", async () => {
  const html = await (await fetch(`${site.base}/en/papi/data`)).text();
  const files = links(html).filter((link) => ending(link) === "csv");
  let total;
  for (const link of files) {
    const [header, ...rows] = csvRows(await (await fetch(site.base + link)).text());
    const at = (row, name) => row[header.indexOf(name)];
    const row = rows.find((row) => at(row, "edition") === "2024" && at(row, "unit") === "33" && at(row, "node") === "papi");
    total ??= row && at(row, "score");
  }
  assert.ok(total, `no such row in ${files.join(", ")}`);
  assert.equal(Number(total).toFixed(4), "44.4042");
});

test("the map's own file names both archipelagos and stands alone", async () => {
  const html = await (await fetch(`${site.base}/vi/papi/2024`)).text();
  const map = links(html).find((link) => /charts\/map.*\.svg/.test(link));
  assert.ok(map, "the map has an address");
  const svg = await FORMS.svg(await fetch(site.base + map));
  assert.match(svg, /Hoàng Sa/);
  assert.match(svg, /Trường Sa/);
  assert.match(svg, /<style/);
  assert.doesNotMatch(svg, /(?:href|src)="http|url\(http|@import/);
});
