// The site without a mouse.
import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE } from "./lib/browser.mjs";
import { useSite } from "./lib/suite.mjs";

const site = useSite();
const MOST_STOPS = 600;

/** Keeps how everything that can have the focus looks without it. */
function rememberLooks() {
  const marks = ".unit, .inset-frame, .row-hit";
  const look = (element) => {
    // On the map the focus also shows by its neighbours fading.
    const neighbours = [...(element.closest(".map-units")?.querySelectorAll("a") ?? [])];
    const neighbour = neighbours.find((other) => other !== element);
    const parts = [element, ...element.querySelectorAll(marks)];
    return (neighbour ? getComputedStyle(neighbour).opacity : "") + JSON.stringify(
      parts.map((part) => {
        const style = getComputedStyle(part);
        return [
          style.outlineStyle === "none" ? "" : `${style.outlineWidth} ${style.outlineColor}`,
          style.boxShadow, style.borderColor, style.backgroundColor,
          style.stroke, style.strokeWidth, style.fill, style.top,
        ];
      }),
    );
  };
  const focusable = "a[href], button, input, select, textarea, summary, [tabindex]";
  const before = new Map();
  for (const element of document.querySelectorAll(focusable)) before.set(element, look(element));
  globalThis.chisoLooks = { before, look };
}

/** The element in focus: what it is, and whether the focus can be seen on it. */
function inFocus() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const { before, look } = globalThis.chisoLooks;
  const box = element.getBoundingClientRect();
  return {
    tag: element.tagName.toLowerCase(),
    id: element.id,
    href: element.getAttribute("href"),
    isSkipLink: element.classList.contains("skip-link"),
    isPicker: element.tagName === "SELECT" && element.closest(".pickers") !== null,
    isMapUnit: element.querySelector("[data-unit]") !== null,
    label: (element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 60),
    seen: before.get(element) !== look(element),
    inWindow: box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth,
  };
}

/** Presses Tab from the top of the page to its end; every stop in order. */
async function walk(page, until = () => false) {
  await page.evaluate(rememberLooks);
  const stops = [];
  while (stops.length < MOST_STOPS) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(inFocus);
    if (!stop) break;
    stops.push(stop);
    if (until(stop)) break;
  }
  return stops;
}

test("the first stop is a visible link that leads to the content", async () => {
  await site.visit("/vi/papi/2024", { viewport: DESKTOP }, async (page) => {
    const [first] = await walk(page, () => true);
    assert.ok(first.isSkipLink, `the first stop is ${JSON.stringify(first)}`);
    assert.ok(first.inWindow, "the link is in the window while it has the focus");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const isInside = await page.evaluate(() => document.querySelector("main").contains(document.activeElement));
    assert.ok(isInside, "the next stop is inside main");
  });
});

for (const viewport of [PHONE, DESKTOP]) {
  test(`at ${viewport.width} px every stop of the overview shows its focus, pickers and all 63 provinces among them`, async () => {
    await site.visit("/en/papi/2024", { viewport }, async (page) => {
      const stops = await walk(page);
      assert.ok(stops.length < MOST_STOPS, "the walk ends");
      assert.ok(stops.filter((stop) => stop.isPicker).length >= 2, "index and edition can be picked");
      const mapped = new Set(stops.filter((stop) => stop.isMapUnit).map((stop) => stop.href));
      assert.equal(mapped.size, 63, "provinces on the map");
      assert.deepEqual(stops.filter((stop) => !stop.seen).slice(0, 5), [], "stops without a visible focus");
      assert.deepEqual(stops.filter((stop) => !stop.inWindow).slice(0, 5), [], "stops outside the window");
      assert.deepEqual(stops.filter((stop) => !stop.label).slice(0, 5), [], "stops without a name");
    });
  });
}

test("Enter on a province of the map opens its profile", async () => {
  await site.visit("/vi/papi/2024", { viewport: DESKTOP }, async (page) => {
    const stops = await walk(page, (stop) => stop.isMapUnit && stop.href.includes("/units/33"));
    assert.match(stops.at(-1).label, /Hưng Yên/);
    await Promise.all([page.waitForURL("**/vi/papi/2024/units/33*"), page.keyboard.press("Enter")]);
    assert.match(await page.textContent("h1"), /Hưng Yên/);
  });
});

test("a chart's table opens by keyboard", async () => {
  await site.visit("/vi/papi/2024/units/33", { viewport: DESKTOP }, async (page) => {
    await walk(page, (stop) => stop.tag === "summary");
    await page.keyboard.press("Enter");
    assert.ok(await page.evaluate(() => document.activeElement.closest("details").open));
  });
});
