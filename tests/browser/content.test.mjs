// What the pages say: known figures, the map, languages, and the site without scripts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE } from "./lib/browser.mjs";
import { LANGUAGES, PAGES, everyPage } from "./lib/pages.mjs";
import { useSite } from "./lib/suite.mjs";

const site = useSite();

/** Letters without marks: English names are written so. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");

const get = (path, headers = {}) => fetch(site.base + path, { headers, redirect: "manual" });

/** The codes of the units drawn on the page's map. */
const mappedUnits = (page) =>
  page.evaluate(() => [
    ...new Set([...document.querySelectorAll("svg.chart [data-unit]")].map((mark) => mark.dataset.unit)),
  ]);

for (const [units, count] of [["", 63], ["?units=provinces-34", 34]]) {
  for (const lang of LANGUAGES) {
    test(`the map in ${lang} has ${count} units and names both archipelagos`, async () => {
      await site.visit(`/${lang}/papi/2024${units}`, {}, async (page) => {
        assert.equal((await mappedUnits(page)).length, count);
        const names = (await page.locator("svg.chart .inset-name").allTextContents()).join(" | ");
        assert.match(lang === "vi" ? names : plain(names), lang === "vi" ? /Hoàng Sa/ : /Hoang Sa/);
        assert.match(lang === "vi" ? names : plain(names), lang === "vi" ? /Trường Sa/ : /Truong Sa/);
        const islands = page.locator("svg.chart .island");
        assert.ok((await islands.count()) >= 2, "islands are drawn");
      });
    });
  }
}

// Published figures: docs/methods/papi.md names their sources.
for (const [path, vi, en, rank] of [
  ["/papi/2024/units/33", "44,4042", "44.4042", "19"],
  ["/papi/2021/units/01", "44,4466", "44.4466", "9"],
]) {
  test(`${path} shows the published total and rank`, async () => {
    for (const [lang, total] of [["vi", vi], ["en", en]]) {
      const page = await (await get(`/${lang}${path}`)).text();
      assert.ok(page.includes(total), `${lang}: ${total}`);
    }
    await site.visit(`/en${path}`, {}, async (page) => {
      const main = (await page.innerText("main")).replace(/\s+/g, " ");
      assert.match(main, new RegExp(`\\b${rank}(st|nd|rd|th)?\\s*(/|of|out of)\\s*\\d+`, "i"));
    });
  });
}

test("a unit without a score says so and has no number", async () => {
  await site.visit("/en/papi/2014/units/24", {}, async (page) => {
    assert.match(await page.innerText("main"), /no score/i);
    assert.doesNotMatch(await page.content(), /NaN|null|undefined/);
  });
});

test("scores on the 34 units are marked as derived", async () => {
  await site.visit("/en/papi/2024?units=provinces-34", {}, async (page) => {
    assert.match(await page.innerText("main"), /derived/i);
  });
  await site.visit("/vi/papi/2024?units=provinces-34", {}, async (page) => {
    assert.match(await page.innerText("main"), /suy ra|tính lại|dẫn xuất/i);
  });
});

test("the first page goes to the reader's language", async () => {
  for (const [accept, lang] of [["vi-VN,vi;q=0.9,en;q=0.5", "vi"], ["en-GB,en;q=0.9", "en"]]) {
    const answer = await get("/", { "accept-language": accept });
    assert.ok([302, 303, 307].includes(answer.status), `status ${answer.status}`);
    assert.match(answer.headers.get("location"), new RegExp(`^/${lang}/`));
  }
});

test("the language's first page leads to the latest edition", async () => {
  for (const lang of LANGUAGES) {
    await site.visit(`/${lang}/`, {}, async (page) => {
      assert.equal(new URL(page.url()).pathname, `/${lang}/papi/2024`);
    });
  }
});

for (const { name, lang, path } of everyPage()) {
  test(`${name} in ${lang} leads to the same page in the other language`, async () => {
    const other = lang === "vi" ? "en" : "vi";
    await site.visit(path, {}, async (page) => {
      await page.click(`.lang-switch a[hreflang=${other}]`);
      const url = new URL(page.url());
      assert.equal(url.pathname + url.search, `/${other}${PAGES[name]}`);
      assert.equal(await page.getAttribute("html", "lang"), other);
    });
  });
}

for (const lang of LANGUAGES) {
  test(`without JavaScript the pages in ${lang} say the same`, async () => {
    for (const path of Object.values(PAGES)) {
      const text = (javaScript) =>
        site.visit(`/${lang}${path}`, { javaScript }, (page) => page.innerText("main"));
      assert.equal(await text(false), await text(true), path);
    }
  });
}

test("without JavaScript an edition can be picked", async () => {
  await site.visit("/en/papi/2024", { javaScript: false, viewport: PHONE }, async (page) => {
    await page.selectOption(".pickers select[name=edition]", "2021");
    await page.click(".pickers button");
    assert.equal(new URL(page.url()).pathname, "/en/papi/2021");
    assert.match(await page.textContent("h1"), /2021/);
  });
});

test("without JavaScript up to five units can be compared", async () => {
  const query = ["01", "33", "48", "79", "22"].map((code) => `unit=${code}`).join("&");
  await site.visit(`/en/papi/2024/compare?${query}`, { javaScript: false }, async (page) => {
    const main = plain(await page.innerText("main"));
    for (const name of ["Ha Noi", "Hung Yen", "Da Nang", "Quang Ninh"]) assert.ok(main.includes(name), name);
  });
});

test("print leaves out what only a screen needs, and keeps the figures", async () => {
  for (const path of ["/vi/papi/2024", "/vi/papi/2024/units/33"]) {
    await site.visit(path, { viewport: DESKTOP, scheme: "dark" }, async (page) => {
      await page.emulateMedia({ media: "print" });
      for (const hidden of [".site-nav", ".lang-switch", ".skip-link", ".pickers", ".figure-downloads"]) {
        for (const element of await page.locator(hidden).all()) {
          assert.ok(!(await element.isVisible()), `${path}: ${hidden} is printed`);
        }
      }
      assert.ok(await page.locator("h1").isVisible());
      // A chart is drawn narrow and wide; print shows one of the two.
      assert.ok((await page.locator("svg.chart").filter({ visible: true }).count()) >= 1);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.match(ground, /rgb\(255, 255, 255\)|rgba\(0, 0, 0, 0\)/, "paper is white in dark mode too");
      assert.ok((await page.pdf({ format: "A4" })).length > 20_000, "a document of some size");
    });
  }
});

test("an address that leads nowhere is answered with a helpful page", async () => {
  for (const path of ["/vi/khong-co", "/en/papi/1999", "/en/papi/2024/units/99", "/en/nothing/2024", "/vi/papi/2024/charts/none.svg"]) {
    const answer = await get(path);
    assert.equal(answer.status, 404, path);
  }
  for (const lang of LANGUAGES) {
    await site.visit(`/${lang}/papi/2024/units/99`, { viewport: PHONE }, async (page) => {
      assert.equal(page.answer.status(), 404);
      assert.equal(await page.getAttribute("html", "lang"), lang);
      assert.ok((await page.innerText("h1")).length > 5);
      assert.ok((await page.locator(`main a[href^="/${lang}/"]`).count()) >= 1, "a way on");
    });
  }
});

test("a senseless query is refused or ignored, never a server error", async () => {
  for (const path of [
    "/en/papi/2024/compare?unit=%FF%00&unit=zz", "/en/papi/2024/compare", "/en/papi/2024?units=moon",
    "/en/papi/about?version=1", "/en/papi/99999999999999999999", "/en/?index=none&edition=x",
    `/en/papi/2024/compare?${"unit=01&".repeat(500)}`,
  ]) {
    assert.ok((await get(path)).status < 500, path);
  }
});
