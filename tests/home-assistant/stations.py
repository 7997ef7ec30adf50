"""Writes gateway.toml and the simulator's arguments: one station a model, or the captures' devices."""
import json, os, re, subprocess, sys
from pathlib import Path

E = os.environ
rig = Path(E["REAL_HA_DIR"]) / "rig"
SERIAL = 2345000000001


def models():
    out = subprocess.run([E["GATEWAY"], "list", "models", "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def names(model):
    if model["name"] == "AP300":
        return "living_room", "Living room"
    return re.sub("[^a-z0-9]+", "_", model["name"].lower()), model["title"]


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
        text += "\n[[station]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in s.items())
    (file or rig / "gateway.toml").write_text(text)


def all_models():
    return [dict(zip(("id", "name", "model", "serial"), (*names(m), m["name"], str(SERIAL + i))))
            for i, m in enumerate(models())]


if __name__ == "__main__":
    if sys.argv[1] == "captures":
        captures = E["CAPTURES"]
        wanted = sorted({re.match(r"[A-Z0-9]+", c["model"]).group() for c in json.load(open(captures))["captures"]})
        stations = [dict(id="capture_" + m.lower(), name="Capture " + m, model=m, serial=str(SERIAL + 500 + i))
                    for i, m in enumerate(wanted)]
        args = ["--captures", captures, "--first-serial", str(SERIAL + 500)]
    else:
        stations = all_models()
        args = ["--first-serial", str(SERIAL), "--speed", E["SPEED"]]
    config(stations)
    args += ["--stations", str(len(stations)), "--seed", "1", "--model", ",".join(s["model"] for s in stations)]
    (rig / "simulator.args").write_text("\n".join(args))
