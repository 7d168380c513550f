// One server and one browser for a file of tests.
import { after, before } from "node:test";

import { close, launch, open } from "./browser.mjs";
import { startServer } from "./server.mjs";

/** Registers start and stop; `site.base` and `site.visit` are ready inside tests. */
export function useSite() {
  const site = {
    /** Opens `path`, runs `work(page)`, and closes the page whatever happens. */
    async visit(path, options, work) {
      const page = await open(site.browser, site.base, path, options);
      try {
        return await work(page);
      } finally {
        await close(page);
      }
    },
  };
  before(async () => {
    const server = await startServer();
    site.base = server.base;
    site.stop = server.stop;
    site.browser = await launch();
  });
  after(async () => {
    await site.browser?.close();
    await site.stop?.();
  });
  return site;
}
