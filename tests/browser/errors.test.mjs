// What sampling errors leave open: drawn, told, tabled and to be had as files; and simulated figures
// that nobody can take for real ones.
import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE } from "./lib/browser.mjs";
import { LANGUAGES, everyPage } from "./lib/pages.mjs";
import { useSite } from "./lib/suite.mjs";

const site = useSite();
const SIMULATED = { vi: /khảo sát MÔ PHỎNG/i, en: /SIMULATED survey/ };
const NONE = { vi: /không có sai số chuẩn được công bố/, en: /No published standard errors/ };

for (const { name, lang, path } of everyPage()) {
  const isSimulated = path.includes("papi-simulated");
  test(`${name} in ${lang} ${isSimulated ? "says that it is simulated" : "has no banner"}`, async () => {
    await site.visit(path, { viewport: PHONE, javaScript: false }, async (page) => {
      const banner = page.locator("aside.banner");
      assert.equal(await banner.count(), isSimulated ? 1 : 0);
      if (!isSimulated) return;
      assert.match(await banner.innerText(), SIMULATED[lang]);
      assert.match(await page.title(), SIMULATED[lang]);
      await page.emulateMedia({ media: "print" });
      assert.ok(await banner.isVisible(), "the banner is printed");
      for (const source of await page.locator(".figure-source").allTextContents()) {
        assert.match(source, SIMULATED[lang]);
      }
    });
  });
}

for (const lang of LANGUAGES) {
  test(`the ranking in ${lang} draws each score on its interval and each rank on its set`, async () => {
    for (const viewport of [PHONE, { width: 1440, height: 900 }]) {
      await site.visit(`/${lang}/papi-simulated/2020`, { viewport }, async (page) => {
        const visible = (selector) => page.locator(`#ranking svg.chart ${selector}`).filter({ visible: true }).count();
        assert.equal(await visible(".rank-set"), 63);
        assert.equal(await visible(".interval"), 63);
        const rows = await page.locator("#ranking svg.chart").filter({ visible: true }).locator("a").allTextContents();
        assert.equal(rows.length, 63);
        for (const row of rows) {
          assert.match(row.replace(/\s+/g, " "), lang === "vi" ? /tập hạng 95\s%: \d+/ : /95% rank set \d+/);
          assert.match(row, /[<>]?\d+\s?%/);
        }
        const link = page.locator("p.reading a");
        assert.equal(await link.count(), 1);
        await link.click();
        assert.ok(await page.locator("h2#errors").isVisible(), "the way to the method");
      });
    }
  });

  test(`a profile in ${lang} shows interval, rank set, probability and change against chance`, async () => {
    await site.visit(`/${lang}/papi-simulated/2020/units/33`, {}, async (page) => {
      const stats = await page.innerText(".stats");
      assert.match(stats, lang === "vi" ? /khoảng 95\s%/ : /95% interval/);
      assert.match(stats, lang === "vi" ? /tập hạng 95\s%/ : /95% rank set/);
      assert.match(stats, lang === "vi" ? /(vượt|trong) mức ngẫu nhiên/ : /(beyond|within) chance/);
      assert.match(stats, /[≈▲▼]/);
      assert.equal(await page.locator("#rank-sets svg.chart .rank-set").filter({ visible: true }).count(), 9);
      assert.equal(await page.locator("#profile svg.chart path.interval").filter({ visible: true }).count(), 9);
      const cells = await page.locator("table:has(#scores-caption) tbody td").allTextContents();
      assert.ok(cells.some((cell) => /^[+−]?\d+[.,]\d+\s≈\s/.test(cell)), "a change within chance");
      assert.ok(cells.some((cell) => /^[+−]\d+[.,]\d+\s[▲▼]\s/.test(cell)), "a change beyond chance");
    });
  });

  test(`a comparison in ${lang} says of each two units whether they truly differ`, async () => {
    await site.visit(`/${lang}/papi-simulated/2020/compare?unit=01&unit=33&unit=48`, {}, async (page) => {
      const rows = await page.locator("table:has(#pairs-caption) tbody tr").allInnerTexts();
      assert.equal(rows.length, 3);
      for (const row of rows) {
        assert.match(row, lang === "vi" ? /(▲ vượt|≈ trong) mức ngẫu nhiên/ : /(▲ beyond|≈ within) chance/);
      }
    });
  });

  test(`an edition without errors in ${lang} says so once and draws none`, async () => {
    for (const path of ["/papi/2024", "/papi/2024/units/33", "/papi/2024/compare?unit=01&unit=33"]) {
      await site.visit(`/${lang}${path}`, {}, async (page) => {
        const main = await page.innerText("main");
        assert.equal(main.split(NONE[lang]).length - 1, 1, path);
        assert.equal(await page.locator(".rank-set, .interval, #rank-sets, #pairs-caption").count(), 0, path);
      });
    }
  });
}

test("files of scores hold errors, intervals, rank sets and probabilities", async () => {
  const csv = async (path) => {
    const text = await (await fetch(site.base + path)).text();
    const [header, ...rows] = text.trim().split("\n").map((row) => row.split(","));
    return rows.map((row) => Object.fromEntries(header.map((name, place) => [name, row[place]])));
  };
  const total = (await csv("/en/papi-simulated/data/scores-2020.csv")).filter((row) => row.node === "papi-simulated");
  assert.equal(total.length, 63);
  for (const row of total) {
    assert.ok(Number(row.lo) < Number(row.score) && Number(row.score) < Number(row.hi), row.unit);
    assert.ok(Number(row.rank_lo) <= Number(row.rank) && Number(row.rank) <= Number(row.rank_hi), row.unit);
    assert.ok(Number(row.se) > 0 && Number(row.group_probability) <= 1, row.unit);
  }
  const ranking = await csv("/en/papi-simulated/2020/charts/ranking.csv");
  const hanoi = ranking.find((row) => row.unit === "01");
  const same = total.find((row) => row.unit === "01");
  for (const column of ["rank_lo", "rank_hi", "se", "lo", "hi", "group_probability"]) {
    assert.equal(Number(hanoi[column]), Number(same[column]), column);
  }
  const answer = await fetch(`${site.base}/en/papi-simulated/2020/charts/rank-sets.json?unit=01`);
  const sets = await answer.json();
  assert.equal(sets.records[0].rank_lo, Number(same.rank_lo));
  assert.equal((await fetch(`${site.base}/en/papi/2024/charts/rank-sets.svg?unit=01`)).status, 404);
});
