// SPDX-License-Identifier: MIT
// Setting up in a browser, on the first run: with and without scripts, on a desk and a phone, in both languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { close, is_wider_than_window, kPhone, launch, open as open_in, picture, serious_problems } from "./browser.mjs";
import { eventually, World } from "./world.mjs";

const world = new World();
let browser;

before(async () => {
  await world.start_first_run();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await world.stop();
});

const open = (path, options) => open_in(browser, world.url + path, options);
async function looks_good(page, name) {
  assert.deepEqual(await serious_problems(page), []);
  assert.equal(await is_wider_than_window(page), false);
  await picture(page, name);
}

for (const [name, options] of Object.entries({
  desk: {}, phone: { viewport: kPhone, isMobile: true, hasTouch: true }, german_dark: { locale: "de-DE", colorScheme: "dark" },
})) {
  for (const path of ["setup", "setup/lan", "setup/certificate", "setup/account"]) {
    test(`${name}: /${path} is accessible and fits`, async () => {
      const page = await open(path, options);
      await looks_good(page, `${name}-${path.replace("/", "-")}`);
      await close(page);
    });
  }
}

test("a certificate is checked at once, and its password is not shown again", async () => {
  const page = await open("setup/certificate");
  await page.getByLabel("Certificate file").setInputFiles(world.expired);
  await page.getByLabel("Its password").fill("demo");
  await page.getByRole("button", { name: "Check" }).click();
  assert.match(await page.locator(".wrong").textContent(), /it expired on 2020-02-01/);
  assert.equal(await page.getByLabel("Its password").inputValue(), "");
  page.said.length = 0; // the browser tells of the 422
  await looks_good(page, "certificate-wrong");
  await page.getByLabel("Certificate file").setInputFiles(world.certificate);
  await page.getByLabel("Its password").fill("demo");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByLabel("Serial numbers").waitFor();
  assert.match(await page.locator("main").textContent(), /CN=demo, issued by CN=BLUETTI Gateway demo authority/);
  await looks_good(page, "certificate-choice");
  await close(page);
});

test("from the first page to the first reading, without scripts and on a phone", async () => {
  const page = await open("", { javaScriptEnabled: false, viewport: kPhone });
  await page.getByRole("link", { name: "Set up a station" }).click();
  await page.getByRole("link", { name: "In my network" }).click();
  await page.getByLabel("Address of the station").fill("127.0.0.1:1");
  await page.getByRole("button", { name: "Find" }).click();
  assert.match(await page.locator(".wrong").textContent(), /127.0.0.1:1: /);
  page.said.length = 0;
  await page.getByLabel("Address of the station").fill(world.station);
  await page.getByRole("button", { name: "Find" }).click();
  assert.match(await page.locator(".choice").textContent(), /Balco260 2345000000001/);
  await picture(page, "phone-choice");
  await page.getByRole("button", { name: "Write the configuration" }).click();
  await page.waitForURL("**/setup/done");
  await eventually("the first reading is shown", async () => /State of charge \d+ %/.test(await page.locator("main").textContent()));
  await picture(page, "phone-done");
  assert.match(world.configuration, /\[\[station\]\]\nid = "balco260"/);
  await page.getByRole("link", { name: "All stations" }).click();
  await page.locator("article .soc").waitFor();
  await close(page);
});

test("after the first run nobody sets up without the token", async () => {
  const page = await open("");
  const answer = await page.goto(`${world.url}setup`);
  assert.equal(answer.status(), 403);
  page.said.length = 0;
  await close(page);
});
