// Starts the demonstration as a person would: in an empty folder, on a free port.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const START_MS = 20_000;
const STOP_MS = 5_000;

function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  const candidates = process.env.CHISO_BIN
    ? [process.env.CHISO_BIN]
    : [join(target, "release/chiso"), join(target, "debug/chiso")];
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error(`no binary at ${candidates.join(" or ")}: run cargo build --release`);
  return resolve(found);
}

/** Starts `chiso demo --port 0`; resolves to its address and a function that stops it. */
export async function startServer() {
  const home = await mkdtemp(join(tmpdir(), "chiso-browser-"));
  const child = spawn(binary(), ["demo", "--port", "0"], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((done) => child.once("exit", done));
  const stop = async () => {
    child.kill("SIGINT");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
    await rm(home, { recursive: true, force: true });
  };
  try {
    return { base: await address(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function address(child) {
  return new Promise((found, failed) => {
    let printed = "";
    const timer = setTimeout(
      () => failed(new Error(`no address within ${START_MS} ms; printed: ${printed}`)),
      START_MS,
    );
    const read = (chunk) => {
      printed += chunk;
      const match = printed.match(/http:\/\/(?:127\.0\.0\.1|localhost):\d+(?=\/)/);
      if (match) {
        clearTimeout(timer);
        found(match[0]);
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", failed);
    child.once("exit", (code) => {
      clearTimeout(timer);
      failed(new Error(`ended with code ${code} before it printed an address; printed: ${printed}`));
    });
  });
}
