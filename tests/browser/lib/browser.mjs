// A headless Chromium from Debian, and pages that record what must not happen.
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

/** Starts the browser; CHISO_CHROMIUM names another than Debian's. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHISO_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ARGUMENTS,
  });
}

/**
 * Opens an address in a context of its own. `page.troubles` lists console errors, script errors,
 * failed requests and requests that left the site.
 */
export async function open(browser, base, path, options = {}) {
  const { viewport = DESKTOP, scheme = "light", javaScript = true } = options;
  const context = await browser.newContext({
    viewport,
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
    // Motion would only make pictures differ.
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(5_000);
  const page = await context.newPage();
  page.troubles = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.troubles.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => page.troubles.push(`request failed: ${request.url()}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== base) {
      page.troubles.push(`request to another host: ${url}`);
    }
  });
  page.answer = await page.goto(base + path, { waitUntil: "load" });
  return page;
}

/** Closes the page with its context. */
export const close = (page) => page.context().close();
