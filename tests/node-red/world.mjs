// SPDX-License-Identifier: MIT
// Real parts for the test of the flow: brokers, simulator, gateway and Node-RED as processes on free loopback ports, and
// a dashboard that listens as a browser does. All of it ends with World.stop(), by pid.
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import mqtt from "mqtt";

const kPatience = 30_000;  // milliseconds; a loaded machine may take this long
const { SOURCE_ROOT, GATEWAY } = process.env;

export async function eventually(what, condition) {
  const deadline = Date.now() + kPatience;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await pause(20);
  }
}

function free_port() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

class Process {
  output = "";

  constructor(command, args, options = {}) {
    this.name = command.split("/").pop();
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (text) => (this.output += text));
    this.ended = new Promise((resolve) => this.child.on("close", resolve).on("error", (error) => {
      this.output += error;
      resolve(-1);
    }));
    this.ended.then((code) => (this.code = code ?? -1));
  }

  async says(text) {
    await eventually(`${this.name} says ${text}`, () => {
      if (this.code !== undefined) throw new Error(`${this.name} ended:\n${this.output}`);
      return this.output.includes(text);
    }).catch((error) => { throw new Error(`${error.message}\n${this.output.slice(-3000)}`); });
  }

  async stop() {
    if (this.code === undefined) this.child.kill("SIGTERM");
    const last_resort = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await this.ended;
    clearTimeout(last_resort);
  }
}

// The local broker, with a client on it.
class LocalBroker {
  static async connect(port) {
    const broker = new LocalBroker();
    broker.port = port;
    broker.topics = new Map();
    broker.client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
    broker.client.on("message", (topic, payload) => broker.topics.set(topic, payload.toString()));
    await broker.client.subscribeAsync("bluetti/#");
    return broker;
  }

  publish(topic, payload) {
    return this.client.publishAsync(topic, payload, { qos: 1, retain: true });
  }

  async retained(topic) {
    await eventually(`something is on ${topic}`, () => this.topics.get(topic));
    return this.topics.get(topic);
  }
}

export class World {
  local_port;
  cloud_port;
  #folder = mkdtempSync(join(tmpdir(), "bluetti-node-red-"));
  #processes = [];
  #clients = [];

  constructor() {
    mkdirSync(this.path("log"));
  }

  path(name) {
    return join(this.#folder, name);
  }

  write(name, text) {
    writeFileSync(this.path(name), text, { mode: 0o600 });
    return this.path(name);
  }

  start(command, args, options) {
    const process = new Process(command, args, options);
    this.#processes.push(process);
    return process;
  }

  closes(client) {
    this.#clients.push(client);
  }

  async start_local_broker() {
    const broker = await LocalBroker.connect(await this.#start_broker("local", "allow_anonymous true\n"));
    this.closes(() => broker.client.end(true));
    return broker;
  }

  // The cloud's part, one simulated station, and the gateway that brings it to the local broker.
  async start_gateway({ model = "AP300", id = "living_room", more = "" } = {}) {
    await this.start(`${SOURCE_ROOT}/scripts/certificates`, [this.#folder]).ended;
    const cloud_port = await this.#start_broker("cloud",
      `cafile ${this.path("ca.pem")}\ncertfile ${this.path("server.pem")}\nkeyfile ${this.path("server.key")}\n` +
      "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\n");
    const url = `mqtts://127.0.0.1:${cloud_port}`;
    const simulator = this.start(GATEWAY, ["simulate", "--broker", url, "--ca", this.path("ca.pem"), "--certificate",
      this.path("client.pfx"), "--password", "demo", "--model", model, "--first-serial", "2345000000001", "--push-interval", "0"]);
    await simulator.says("connected to the broker");
    return this.start(GATEWAY, ["run", "--config", this.write("gateway.toml", `
[local]
url = "mqtt://127.0.0.1:${this.local_port}"
[[account]]
id = "home"
url = "${url}"
certificate = "client.pfx"
certificate_password = "demo"
ca = "ca.pem"
[[station]]
id = "${id}"
name = "Living room"
model = "${model}"
serial = "2345000000001"
${more}`)]);
  }

  async stop() {
    for (const close of this.#clients) close();
    for (const process of this.#processes.reverse()) await process.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start_broker(name, access) {
    const port = await free_port();
    this[`${name}_port`] = port;
    const user = process.getuid() === 0 ? "user root\n" : "";
    const conf = this.write(`${name}.conf`, `listener ${port} 127.0.0.1\n${user}persistence false\n${access}`);
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };
    await this.start("mosquitto", ["-c", conf, "-v"], { env }).says("running");
    return port;
  }
}

export class NodeRed {
  static async start(world) {
    const port = await free_port();
    const settings = world.write("settings.js", `module.exports = {
  uiPort: ${port}, uiHost: "127.0.0.1", flowFile: "flows.json", credentialSecret: "of the test",
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false }, modules: { allowInstall: false } },
};`);
    const node_red = new NodeRed();
    node_red.world = world;
    node_red.url = `127.0.0.1:${port}`;
    node_red.process = world.start(process.execPath,
      ["node_modules/node-red/red.js", "--userDir", world.path("node-red"), "--settings", settings]);
    await node_red.says("Server now running");
    return node_red;
  }

  says(text) {
    return this.process.says(text);
  }

  complaints() {
    return this.process.output.split("Server now running")[1].split("\n").filter((line) => /\[(warn|error)\]|Waiting for missing types/.test(line));
  }

  async get(path) {
    return (await fetch(`http://${this.url}${path}`, { headers: { Accept: "application/json" } })).json();
  }

  async import(flows) {
    const headers = { "Content-Type": "application/json", "Node-RED-Deployment-Type": "full" };
    return (await fetch(`http://${this.url}/flows`, { method: "POST", headers, body: JSON.stringify(flows) })).status;
  }
}

// A dashboard page without the page: Socket.IO as it is on the wire, by long polling, as the page begins too.
export class Dashboard {
  #messages = [];
  #answers = 0;
  #ended = new AbortController();

  static async open(node_red) {
    const dashboard = new Dashboard();
    dashboard.url = `http://${node_red.url}/dashboard/socket.io/?EIO=4&transport=polling`;
    const [opening] = await dashboard.#poll();
    dashboard.url += `&sid=${JSON.parse(opening.slice(1)).sid}`;
    node_red.world.closes(() => dashboard.#ended.abort());
    await dashboard.#send("40");
    dashboard.#listen();
    return dashboard;
  }

  received(widget) {
    return this.#messages.filter(([name]) => name === `msg-input:${widget}`).map(([, message]) => message);
  }

  latest(widget) {
    return this.received(widget).at(-1);
  }

  // Everything that Node-RED sent before this call has been received.
  async settled() {
    const answers = this.#answers;
    await this.#send('42["widget-load","bluetti_gauge",{}]');
    await eventually("the dashboard answers", () => this.#answers > answers);
  }

  async #send(packet) {
    await fetch(this.url, { method: "POST", headers: { "Content-Type": "text/plain;charset=UTF-8" }, body: packet });
  }

  async #poll() {
    return (await (await fetch(this.url, { signal: this.#ended.signal })).text()).split("\x1e");
  }

  async #listen() {
    try {
      for (;;) for (const packet of await this.#poll()) await this.#receive(packet);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  async #receive(packet) {
    if (packet === "2") return this.#send("3");  // a ping
    if (!packet.startsWith("42")) return;
    const event = JSON.parse(packet.slice(2));
    if (event[0].startsWith("widget-load:")) ++this.#answers;
    this.#messages.push(event);
  }
}
