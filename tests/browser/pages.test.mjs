// Every page, in both languages, on a phone and on a desk.
import assert from "node:assert/strict";
import { test } from "node:test";

import { violations } from "./lib/axe.mjs";
import { DESKTOP, PHONE } from "./lib/browser.mjs";
import { everyPage } from "./lib/pages.mjs";
import { useSite } from "./lib/suite.mjs";

const site = useSite();

/** Pixels by which the page is wider than its window. */
const overflow = (page) =>
  page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);

const openAllDetails = (page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((box) => (box.open = true)));

/** What every figure must have; returns what it lacks. */
function figureFaults() {
  const faults = [];
  const visible = (element) => element.getBoundingClientRect().width > 0;
  for (const figure of document.querySelectorAll("figure")) {
    const say = (what) => faults.push(`${figure.id || "figure"}: ${what}`);
    const source = figure.querySelector("figcaption .figure-source")?.textContent ?? "";
    if (!/^(Nguồn|Source):\s*\S.{10,}/.test(source)) say(`no source, but "${source}"`);
    const table = figure.querySelector("table");
    if (!table?.caption?.textContent.trim()) say("no table with a caption");
    if (!table?.querySelector("th[scope=col]")) say("no column headings");
    if (!table?.querySelector("tbody tr")) say("an empty table");
    const drawings = [...figure.querySelectorAll("svg.chart")].filter(visible);
    if (drawings.length !== 1) say(`${drawings.length} visible drawings`);
    for (const svg of drawings) {
      if (!["img", "group"].includes(svg.getAttribute("role"))) say("a drawing without a role");
      const ids = (svg.getAttribute("aria-labelledby") ?? "").split(/\s+/);
      const label = ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
      if (label.trim().length < 20) say(`a drawing named only "${label.trim()}"`);
    }
  }
  return faults;
}

/** Drawn text smaller than 11 pixels on the screen cannot be read on a phone. */
function smallTexts() {
  const small = [];
  for (const text of document.querySelectorAll("svg.chart text")) {
    const scale = text.getScreenCTM()?.a ?? 1;
    const box = text.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    if (box.width > 0 && size < 10.9) small.push(`${size.toFixed(1)} px: ${text.textContent}`);
  }
  return small.slice(0, 5);
}

for (const { name, lang, path } of everyPage()) {
  for (const viewport of [PHONE, DESKTOP]) {
    test(`${name} in ${lang} at ${viewport.width} px is whole, fits and is accessible`, async () => {
      await site.visit(path, { viewport }, async (page) => {
        assert.equal(page.answer.status(), 200);
        assert.equal(await page.getAttribute("html", "lang"), lang);
        assert.equal(await page.locator("h1").count(), 1, "one h1");
        assert.ok((await page.title()).length > 8, "a title");
        assert.ok((await overflow(page)) <= 0, `wider than the window by ${await overflow(page)} px`);
        assert.deepEqual(await page.evaluate(figureFaults), []);
        assert.deepEqual(await page.evaluate(smallTexts), []);
        await openAllDetails(page);
        assert.ok((await overflow(page)) <= 0, `with tables open wider by ${await overflow(page)} px`);
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(page.troubles, []);
      });
    });
  }
}

for (const { name, lang, path } of everyPage()) {
  test(`${name} in ${lang} has a dark form with enough contrast`, async () => {
    await site.visit(path, { viewport: PHONE, scheme: "dark" }, async (page) => {
      const lightness = await page.evaluate(() => {
        const colour = getComputedStyle(document.body).backgroundColor;
        const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
        // Without a ground of its own the page stands on the browser's white.
        return alpha === 0 ? 255 : (red + green + blue) / 3;
      });
      assert.ok(lightness < 60, `the ground is ${lightness} of 255 light`);
      assert.ok((await page.innerText("main")).length > 200, "there is text to judge");
      await openAllDetails(page);
      assert.deepEqual(await violations(page, ["color-contrast"]), []);
    });
  });
}

test("titles differ from page to page", async () => {
  const titles = new Map();
  for (const { path } of everyPage()) {
    const html = await (await fetch(site.base + path)).text();
    const title = html.match(/<title>([^<]*)<\/title>/)?.[1];
    assert.ok(title, `${path} has a title`);
    assert.ok(!titles.has(title), `${path} and ${titles.get(title)} are both called ${title}`);
    titles.set(title, path);
  }
});
