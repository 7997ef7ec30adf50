// SPDX-License-Identifier: MIT
// docker/node-red/flows.json in a real Node-RED: imported as it is shipped, fed by the real gateway with a simulated
// station, and seen as a browser on the dashboard sees it. Run by run.sh, in the folder where Node-RED was installed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { Dashboard, NodeRed, World, eventually } from "./world.mjs";

const shipped = JSON.parse(await readFile(`${process.env.SOURCE_ROOT}/docker/node-red/flows.json`, "utf8"));
const world = new World();
let node_red, dashboard, local;

const csv_lines = async () => (await readFile(world.path("log/bluetti.csv"), "utf8").catch(() => "")).split("\n").slice(0, -1);
const gauge_shows = (value) => eventually(`the gauge shows ${value}`, () => dashboard.latest("bluetti_gauge")?.payload === value);
const state_shows = (text) => eventually(`the dashboard says ${text}`, () => dashboard.latest("bluetti_state")?.payload === text);
const warnings = () => dashboard.received("bluetti_notification").map((message) => message.payload);

before(async () => {
  local = await world.start_local_broker();
  node_red = await NodeRed.start(world);
});
after(() => world.stop());

test("every node type of the flow is known", async () => {
  const known = new Set((await node_red.get("/nodes")).filter((set) => set.enabled && !set.err).flatMap((set) => set.types));
  const needed = shipped.map((node) => node.type).filter((type) => !["tab", "group"].includes(type));
  assert.deepEqual(needed.filter((type) => !known.has(type)), []);
});

test("nothing personal is shipped: no user, no password, no address", () => {
  assert.equal(shipped.some((node) => node.credentials), false);
  assert.equal(shipped.find((node) => node.type === "mqtt-broker").broker, "${MQTT_HOST}");
});

test("it imports, with only the flow's own variables set", async () => {
  const settings = { MQTT_HOST: "127.0.0.1", MQTT_PORT: `${local.port}`, CSV_FILE: world.path("log/bluetti.csv") };
  const flows = structuredClone(shipped);
  for (const variable of flows.find((node) => node.type === "tab").env) variable.value = settings[variable.name] ?? variable.value;

  assert.equal(await node_red.import(flows), 204);
  await node_red.says("Started flows");
  await node_red.says("Connected to broker");
  dashboard = await Dashboard.open(node_red);
});

test("what the gateway reads reaches gauge and log", async () => {
  const gateway = await world.start_gateway();
  const soc = await local.retained("bluetti/living_room/soc");
  await gauge_shows(Number(soc));
  await state_shows("online");
  for (const field of ["soc", "pv_power", "ac_output_power", "grid_power"]) {
    const value = await local.retained(`bluetti/living_room/${field}`);
    await eventually(`${field} is logged`, async () => (await csv_lines()).some((line) => line.endsWith(`,bluetti/living_room/${field},${value}`)));
  }
  for (const line of await csv_lines()) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,bluetti\/living_room\/\w+,-?\d+(\.\d+)?$/);

  await gateway.stop();
  await state_shows("offline");
  await gauge_shows(null);  // not the last value, as if it were live
});

// From here on the test plays the gateway, to go through limits at will.
test("a low battery is told once, and again only after it had recovered", async () => {
  await local.publish("bluetti/bridge/availability", "online");
  await local.publish("bluetti/living_room/availability", "online");
  for (const [soc, told] of [[30, 0], [20, 0], [19, 1], [18, 1], [22, 1], [19, 1], [25, 1], [19, 2], [18, 2]]) {
    await local.publish("bluetti/living_room/soc", `${soc}`);
    await gauge_shows(soc);
    await dashboard.settled();
    assert.equal(warnings().length, told, `at ${soc} %`);
  }
  assert.equal(warnings()[0], "living_room: battery at 19 %");
});

test("the log has changes only", async () => {
  const before = await csv_lines();
  for (const soc of ["18", "18", "17"]) await local.publish("bluetti/living_room/soc", soc);
  await gauge_shows(17);
  await eventually("17 is logged", async () => (await csv_lines()).at(-1).endsWith(",bluetti/living_room/soc,17"));
  assert.equal((await csv_lines()).length, before.length + 1);
});

test("an absent value is absent: no zero on the gauge, in the log or in a warning", async () => {
  const before = [await csv_lines(), warnings()];
  await local.publish("bluetti/living_room/soc", "");
  await gauge_shows(null);
  await dashboard.settled();
  assert.deepEqual([await csv_lines(), warnings()], before);
});

test("Node-RED had nothing to complain about", async () => {
  assert.deepEqual(node_red.complaints(), []);
});
