// SPDX-License-Identifier: MIT
// Real parts for the test of the page: brokers, simulated stations and the gateway as processes on free loopback ports.
// All of it ends with World.stop(), by pid.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const kPatience = 30_000; // milliseconds; a loaded machine may take this long
const kFirstSerial = 2345000000001n;
const { SOURCE_ROOT, GATEWAY } = process.env;
export const kToken = "0123456789abcdef";

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
  constructor(command, args) {
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (text) => (this.output += text));
    this.ended = new Promise((resolve) => this.child.on("close", resolve).on("error", resolve));
  }
  signal(name) {
    this.child.kill(name);
  }
  async stop() {
    this.child.kill("SIGCONT");
    this.child.kill("SIGTERM");
    const last_resort = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await this.ended;
    clearTimeout(last_resort);
  }
}

export class World {
  #folder = mkdtempSync(join(tmpdir(), "bluetti-page-"));
  #processes = [];

  // As many stations as models are named.
  async start(models, speed = 60) {
    execFileSync(join(SOURCE_ROOT, "scripts/certificates"), [this.#folder], { stdio: "ignore" });
    const [cloud, local, http] = [await free_port(), await free_port(), await free_port()];
    this.url = `http://127.0.0.1:${http}/`;
    const [ca, client] = [this.#path("ca.pem"), this.#path("client.pfx")];
    await this.#start_broker("cloud", cloud, `cafile ${ca}\ncertfile ${this.#path("server.pem")}\nkeyfile ${this.#path("server.key")}\nrequire_certificate true\nuse_identity_as_username true\nallow_anonymous false\n`);
    await this.#start_broker("local", local, "allow_anonymous true\n");
    let config = `[local]\nurl = "mqtt://127.0.0.1:${local}"\n[control]\nenabled = true\n` +
      `[http]\nlisten = "127.0.0.1:${http}"\ntoken = "${kToken}"\ncontrol = true\n` +
      `[[account]]\nid = "home"\nurl = "mqtts://127.0.0.1:${cloud}"\ncertificate = "${client}"\ncertificate_password = "demo"\nca = "${ca}"\n` +
      (models.length > 20 ? "requests_per_minute = 6000\n" : "");
    models.forEach(([model, name], i) => {
      config += `[[station]]\nid = "s${i + 1}"\nname = "${name}"\nmodel = "${model}"\nserial = "${kFirstSerial + BigInt(i)}"\npoll = { core = 2 }\n`;
    });
    writeFileSync(this.#path("gateway.toml"), config, { mode: 0o600 });
    this.#run(GATEWAY, ["simulate", "--broker", `mqtts://127.0.0.1:${cloud}`, "--ca", ca, "--certificate", client,
      "--password", "demo", "--stations", `${models.length}`, "--first-serial", `${kFirstSerial}`,
      "--model", models.map(([model]) => model).join(","), "--speed", `${speed}`, "--seed", "1"]);
    this.gateway = this.#run(GATEWAY, ["run", "--config", this.#path("gateway.toml")]);
    await eventually("values are there", async () => {
      const answer = await fetch(`${this.url}api/v1/stations`).catch(() => null);
      const stations = answer?.ok ? (await answer.json()).stations : [];
      return stations.length === models.length && stations.every((station) => station.summary.soc !== null);
    }).catch((error) => { throw new Error(`${error.message}\n${this.gateway.output.slice(-3000)}`); });
  }

  // Nothing but the page is configured, and a station on the local network waits to be found.
  async start_first_run() {
    execFileSync(join(SOURCE_ROOT, "scripts/certificates"), [this.#folder], { stdio: "ignore" });
    const [local, http, lan] = [await free_port(), await free_port(), await free_port()];
    this.url = `http://127.0.0.1:${http}/`;
    this.station = `127.0.0.1:${lan}`;
    this.certificate = this.#path("client.pfx");
    this.expired = this.#path("expired.pfx");
    await this.#start_broker("local", local, "allow_anonymous true\n");
    writeFileSync(this.#path("gateway.toml"), `[local]\nurl = "mqtt://127.0.0.1:${local}"\n[http]\nlisten = "127.0.0.1:${http}"\n`, { mode: 0o600 });
    this.#run(GATEWAY, ["simulate", "--lan", this.station, "--model", "Balco260", "--speed", "60"]);
    this.gateway = this.#run(GATEWAY, ["run", "--config", this.#path("gateway.toml")]);
    await eventually("the page is there", async () => (await fetch(this.url).catch(() => null))?.ok);
  }
  get configuration() {
    return readFileSync(this.#path("gateway.toml"), "utf8");
  }

  async stop() {
    for (const process of this.#processes.reverse()) await process.stop();
    rmSync(this.#folder, { recursive: true });
  }

  #path(name) {
    return join(this.#folder, name);
  }
  #run(command, args) {
    const process = new Process(command, args);
    this.#processes.push(process);
    return process;
  }
  async #start_broker(name, port, config) {
    writeFileSync(this.#path(`${name}.conf`), `listener ${port} 127.0.0.1\nuser ${userInfo().username}\npersistence false\n${config}`);
    process.env.PATH += ":/usr/sbin";
    const broker = this.#run("mosquitto", ["-c", this.#path(`${name}.conf`)]);
    await eventually(`the ${name} broker runs`, () => broker.output.includes("running"));
  }
}
