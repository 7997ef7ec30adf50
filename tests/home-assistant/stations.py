"""Writes gateway.toml and the simulators' arguments: one station a model, and those of the local network once more."""
import json, os, re, subprocess
from pathlib import Path

E = os.environ
rig = Path(E["REAL_HA_DIR"]) / "rig"
SERIAL, LAN_SERIAL = 2345000000001, 2345000001001


def models():
    out = subprocess.run([E["GATEWAY"], "list", "models", "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def names(model):
    if model["name"] == "AP300":
        return "living_room", "Living room"
    return re.sub("[^a-z0-9]+", "_", model["name"].lower()), model["title"]


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value)


def config(stations, extra="", file=None):
    text = f"""[local]
url = "mqtt://127.0.0.1:{E['LOCAL_PORT']}"
{extra}
[[account]]
id = "home"
url = "mqtts://127.0.0.1:{E['CLOUD_PORT']}"
certificate = "client.pfx"
certificate_password = "demo"
ca = "ca.pem"
"""
    for s in stations:
        text += "\n[[station]]\n" + "".join(f"{k} = {toml(v)}\n" for k, v in s.items())
    file = file or rig / "gateway.toml"
    file.touch(0o600)
    file.write_text(text)


def all_models():
    """A station of every model by the cloud; and by the local network, with the cloud behind it, of those it knows."""
    every = [m for m in models() if m["blocks"] or m["lan_blocks"] and m["name"] != "lan"]
    stations = [dict(zip(("id", "name", "model", "serial"), (*names(m), m["name"], str(SERIAL + i))))
                for i, m in enumerate(m for m in every if m["blocks"])]
    for i, m in enumerate(m for m in every if m["lan_blocks"]):
        station, name = names(m)
        stations.append(dict(id=station + "_lan", name=name + " on the local network", model=m["name"], serial=str(LAN_SERIAL + i),
                             via=["lan", "cloud"] if m["blocks"] else ["lan"],
                             lan=dict(host="127.0.0.1", port=int(E["LAN_PORT"]) + i)))
    return stations


def simulated(stations):
    return ["--stations", str(len(stations)), "--first-serial", stations[0]["serial"],
            "--model", ",".join(s["model"] for s in stations), "--speed", E["SPEED"]]


if __name__ == "__main__":
    stations = all_models()
    config(stations)
    for name, by_lan in ("simulator", False), ("lan", True):
        args = simulated([s for s in stations if ("lan" in s) == by_lan]) + (["--lan", E["LAN_PORT"]] if by_lan else [])
        (rig / f"{name}.args").write_text("\n".join(args))
