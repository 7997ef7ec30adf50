"""A small client of Home Assistant's REST and WebSocket APIs, and what the checks share."""
import asyncio, json, os, re, subprocess, sys, time
from collections import Counter
from pathlib import Path

import aiohttp

E = os.environ
BASE = f"http://127.0.0.1:{E['HA_PORT']}"
DIR = Path(E["REAL_HA_DIR"])
RIG = DIR / "rig"
HERE = Path(__file__).parent
CONFIG = Path(E["HA_CONFIG"])
LOG = CONFIG / "home-assistant.log"
CLIENT = BASE + "/"
USER, PASSWORD = "tester", "tester-pass-1"


class HA:
    async def __aenter__(self):
        self.session = aiohttp.ClientSession()
        self.token = json.loads((DIR / "token.json").read_text())["token"]
        self.ws = await self.session.ws_connect(BASE + "/api/websocket", max_msg_size=0, timeout=aiohttp.ClientWSTimeout(ws_close=5))
        await self.ws.receive_json()
        await self.ws.send_json({"type": "auth", "access_token": self.token})
        answer = await self.ws.receive_json()
        assert answer["type"] == "auth_ok", answer
        self.id = 0
        return self

    async def __aexit__(self, *_):
        await self.ws.close()
        await self.session.close()

    async def ask(self, type_, **more):
        self.id += 1
        mine = self.id
        await self.ws.send_json({"id": mine, "type": type_, **more})
        while True:
            answer = await self.ws.receive_json(timeout=60)
            if answer.get("id") == mine and answer["type"] == "result":
                if not answer["success"]:
                    raise RuntimeError(f"{type_}: {answer['error']}")
                return answer["result"]

    async def get(self, path):
        async with self.session.get(BASE + path, headers={"Authorization": "Bearer " + self.token}) as r:
            return await r.json()

    async def post(self, path, body):
        async with self.session.post(BASE + path, json=body, headers={"Authorization": "Bearer " + self.token}) as r:
            return await r.json()

    async def states(self):
        return {s["entity_id"]: s for s in await self.ask("get_states")}

    async def state(self, entity_id):
        return (await self.get("/api/states/" + entity_id)).get("state")

    async def devices(self):
        return [d for d in await self.ask("config/device_registry/list")
                if any(i[0] == "mqtt" for i in d["identifiers"])]

    async def entities(self):
        return [e for e in await self.ask("config/entity_registry/list") if e["platform"] == "mqtt"]


def fill(schema):
    """The least that a form wants: its defaults, or the first choice."""
    done = {}
    for field in schema:
        if field.get("type") == "expandable":
            done[field["name"]] = fill(field["schema"])
        elif field.get("required"):
            selector = field.get("selector", {})
            options = selector.get("select", {}).get("options", [None])
            done[field["name"]] = field.get("default", False if "boolean" in selector else options[0])
    return done


async def onboard():
    """The first user, a long-lived token, and the MQTT integration by its own forms."""
    async with aiohttp.ClientSession() as s:
        async def post(path, body, token=None, form=False):
            headers = {"Authorization": "Bearer " + token} if token else {}
            async with s.post(BASE + path, headers=headers, **({"data": body} if form else {"json": body})) as r:
                text = await r.text()
                assert r.status < 300, (path, r.status, text)
                return json.loads(text) if text else None

        code = (await post("/api/onboarding/users", dict(
            client_id=CLIENT, name="Tester", username=USER, password=PASSWORD, language="en")))["auth_code"]
        access = (await post("/auth/token", dict(client_id=CLIENT, grant_type="authorization_code", code=code),
                             form=True))["access_token"]
        for step, body in (("core_config", {}), ("analytics", {}), ("integration", dict(client_id=CLIENT, redirect_uri=CLIENT))):
            try:
                await post("/api/onboarding/" + step, body, access)
            except AssertionError as error:
                print("onboarding:", error)
        (DIR / "token.json").write_text(json.dumps({"token": access}))
        async with HA() as ha:
            token = await ha.ask("auth/long_lived_access_token", client_name="checks", lifespan=365)
        (DIR / "token.json").write_text(json.dumps({"token": token}))
        async with HA() as ha:
            try:
                print("http:", await ha.ask("http/config/promote"))  # 2026.10 and later: a port of one's own must be confirmed
            except RuntimeError as error:
                print("http:", error)
        flow = await post("/api/config/config_entries/flow", {"handler": "mqtt", "show_advanced_options": False}, token)
        print("form:", flow["step_id"])
        done = await post(f"/api/config/config_entries/flow/{flow['flow_id']}",
                          fill(flow["data_schema"]) | {"broker": "127.0.0.1", "port": int(E["LOCAL_PORT"])}, token)
        print("mqtt:", done["type"], done.get("title"), done.get("errors"), done.get("step_id"))


def log_lines(since=0):
    """Distinct warnings and errors of the log, with counts."""
    counts = Counter()
    if not LOG.exists():
        return counts, 0
    data = LOG.read_bytes()
    for line in data[since:].decode(errors="replace").splitlines():
        m = re.match(r"[\d-]+ [\d:.]+\S* (WARNING|ERROR|CRITICAL) \(\S+\) \[([^\]]+)\] (.*)", line)
        if m and not re.search("zlib_ng|haffmpeg|turbojpeg|metno|helpers.entity_registry is logging|No ACK from MQTT server", line):  # this machine's, and how busy it is
            text = re.sub(r"bluetti_\d{13}", "bluetti_<serial>", m[3])[:300]
            counts[f"{m[1]} {m[2]}: {text}"] += 1
    return counts, len(data)


def documents(seconds=2):
    """Retained discovery documents by topic."""
    prefix = E.get("PREFIX", "homeassistant")
    out = subprocess.run(["mosquitto_sub", "-p", E["LOCAL_PORT"], "-t", prefix + "/device/+/config", "-F", "%t %p",
                          "-W", str(seconds), "--retained-only"], capture_output=True, text=True).stdout
    found = {}
    for line in out.splitlines():
        topic, _, payload = line.partition(" ")
        if payload and "/bluetti_" in topic:
            found[topic] = json.loads(payload)
    return found


def rig(*args):
    subprocess.run([str(HERE / "rig"), *args], check=True)


def hass(*args):
    subprocess.run([str(HERE / "ha"), *args], check=True)


if __name__ == "__main__":
    asyncio.run({"onboard": onboard}[sys.argv[1]]())
