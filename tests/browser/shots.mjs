// Pictures of every page, for looking at: node shots.mjs [part of a name …]
// → output/NAME-LANG-WIDTH[-dark|-print].png
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { DESKTOP, PHONE, close, launch, open } from "./lib/browser.mjs";
import { everyPage } from "./lib/pages.mjs";
import { startServer } from "./lib/server.mjs";

const FOLDER = fileURLToPath(new URL("./output/", import.meta.url));
const wanted = process.argv.slice(2);

const forms = [
  { ending: "390", viewport: PHONE },
  { ending: "1440", viewport: DESKTOP },
  { ending: "390-dark", viewport: PHONE, scheme: "dark" },
  { ending: "1440-dark", viewport: DESKTOP, scheme: "dark" },
  { ending: "print", viewport: { width: 794, height: 1123 }, media: "print" },
];

async function shoot(browser, base, { name, lang, path }, form) {
  const file = `${name}-${lang}-${form.ending}.png`;
  if (wanted.length > 0 && !wanted.some((part) => file.includes(part))) return 0;
  const page = await open(browser, base, path, form);
  try {
    if (form.media) await page.emulateMedia({ media: form.media });
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.screenshot({ path: FOLDER + file, fullPage: true });
    return 1;
  } finally {
    await close(page);
  }
}

await mkdir(FOLDER, { recursive: true });
const server = await startServer();
const browser = await launch();
let count = 0;
try {
  for (const page of everyPage()) {
    for (const form of forms) count += await shoot(browser, server.base, page, form);
  }
} finally {
  await browser.close();
  await server.stop();
}
console.log(`${count} pictures in ${FOLDER}`);
