// SPDX-License-Identifier: MIT
// docker/node-red/solar-surplus.json in a real Node-RED: imported as it is shipped, with the real gateway and a simulated
// station whose settings it changes. The test plays the meter. Run by run.sh, in the folder where Node-RED was installed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { NodeRed, World, eventually } from "./world.mjs";

const shipped = JSON.parse(await readFile(`${process.env.SOURCE_ROOT}/docker/node-red/solar-surplus.json`, "utf8"));
const kVolts = 230;
const world = new World();
const requested = [];  // "topic=payload" of every change that the flow asks for
let node_red, local, gateway;

const topic = (path) => `bluetti/garage/${path}`;
const meter = (watts) => local.client.publishAsync("house/grid_power", `${watts}`, { qos: 1 });
const limit = () => Number(local.topics.get(topic("grid_import_current_limit")));
const shows = (path, value) => eventually(`${path} is ${value}`, () => local.topics.get(topic(path)) === value);
const asked_for = (change) => eventually(`${change} is asked for, not ${requested}`, () => requested.at(-1) === change);

before(async () => {
  local = await world.start_local_broker();
  local.client.on("message", (name, payload, packet) => {
    if (!name.endsWith("/set")) return;
    assert.equal(packet.retain, false);
    assert.equal(packet.qos, 1);
    requested.push(`${name.slice("bluetti/garage/".length)}=${payload}`);
  });
  await local.client.subscribeAsync("bluetti/+/+/set", { qos: 1 });
  node_red = await NodeRed.start(world);
});
after(() => world.stop());

test("nothing personal is shipped: no user, no password, no address", () => {
  assert.equal(shipped.some((node) => node.credentials), false);
  assert.equal(shipped.find((node) => node.type === "mqtt-broker").broker, "${MQTT_HOST}");
});

test("it imports, with only the flow's own variables set", async () => {
  const settings = { MQTT_HOST: "127.0.0.1", MQTT_PORT: `${local.port}`, EVERY: "0" };
  const flows = structuredClone(shipped);
  for (const variable of flows.find((node) => node.type === "tab").env) variable.value = settings[variable.name] ?? variable.value;
  assert.equal(await node_red.import(flows), 204);
  await node_red.says("Started flows");
  await node_red.says("Connected to broker");
});

test("the charging current follows the surplus", async () => {
  gateway = await world.start_gateway({ model: "ELITE200V2", id: "garage", more: "[control]\nenabled = true\n" });
  await local.retained(topic("grid_import_current_limit"));
  await shows("grid_charging", "ON");
  const wanted = limit() === 6 ? 7 : 6;
  await meter(-(wanted - limit()) * kVolts - 10);
  await asked_for(`grid_import_current_limit/set=${wanted}`);
  await shows("grid_import_current_limit", `${wanted}`);
  await eventually("the change is confirmed",
                   () => JSON.parse(local.topics.get(topic("control/result")) ?? "{}").outcome === "confirmed");
});

test("without a surplus, charging from the grid stops", async () => {
  await meter(5000);
  await asked_for("grid_charging/set=OFF");
  await shows("grid_charging", "OFF");
});

test("it begins again with the sun, within the greatest current", async () => {
  await meter(-20 * kVolts);
  await asked_for("grid_charging/set=ON");
  await shows("grid_charging", "ON");
  await shows("grid_import_current_limit", "10");
});

// From here on the test plays the gateway.
test("while the station is offline, nothing is changed", async () => {
  await gateway.stop();
  const before = requested.length;
  await meter(5000);
  await meter("");
  await local.publish("bluetti/bridge/availability", "online");
  await local.publish(topic("availability"), "online");
  await local.publish(topic("grid_import_current_limit"), "10");
  await local.publish(topic("grid_charging"), "ON");
  await meter(-0.5 * kVolts);  // no whole ampere more: nothing to change
  await meter(4 * kVolts);
  await asked_for("grid_import_current_limit/set=6");
  assert.equal(requested.length, before + 1);
});

test("a change that did not work is shown", async () => {
  const result = { path: "grid_charging", wanted: "ON", outcome: "refused", reason: "the station is offline" };
  await local.client.publishAsync(topic("control/result"), JSON.stringify(result), { qos: 1 });
  await node_red.says("grid_charging = ON: refused, the station is offline");
});

test("Node-RED had nothing to complain about", () => {
  assert.deepEqual(node_red.complaints(), []);
});
