// SPDX-License-Identifier: MIT
// What the tests of the page share: a browser in which nothing may be said on the console, and axe.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

const kAxe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const kPhone = { width: 390, height: 844 };
export const kDesk = { width: 1280, height: 900 };
const { PICTURES } = process.env;

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"],
});

// A tab in which nothing may be said on the console.
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: kDesk, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.said = [];
  page.on("console", (message) => page.said.push(message.text()));
  page.on("pageerror", (error) => page.said.push(`${error}`));
  await page.goto(url);
  return page;
}
export async function close(page) {
  assert.deepEqual(page.said, []);
  await page.context().close();
}
export async function serious_problems(page) {
  // The policy of the page lets no script in; what is evaluated by the driver is not of the page.
  await page.evaluate(kAxe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" | ")}`);
}
export async function picture(page, name) {
  if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
export const is_wider_than_window = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
