#!/usr/bin/python3
"""Dockerfile, compose files and the Home Assistant App say the same, and what the gateway understands.

    places_test.py GATEWAY

Exit code 77 (skipped) without python3-yaml.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
APP = yaml.safe_load((ROOT / "docker/home-assistant-app/config.yaml").read_text())
DOCKERFILE = re.sub(r"\\\n", "", (ROOT / "docker/Dockerfile").read_text())
failures = []


def expect(condition, message):
    if not condition:
        failures.append(message)


def one_version():
    version = re.search(r"project\(bluetti-gateway VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    compose = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())
    expect(APP["version"] == version, "config.yaml has another version")
    expect(f"ARG VERSION={version}" in DOCKERFILE, "the Dockerfile has another version")
    expect(compose["services"]["gateway"]["image"].endswith(":" + version), "compose.yaml has another version")


def dockerfile():
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.M)[1:]
    names = [stage.split()[2] for stage in stages if stage.split()[1:2] == ["AS"]]
    for stage in stages:
        base = stage.split()[0]
        expect(base in [*names, "scratch"] or re.fullmatch(r"[a-z]+:[\d.]+", base), f"FROM {base} names no version")
    runtime = stages[names.index("runtime")]
    expect("\nUSER 10001:10001\n" in runtime, "the image runs as root")
    expect(not re.search(r"^RUN ", runtime, re.M), "the image needs a shell")
    for word in ("HEALTHCHECK", "ENTRYPOINT", "CMD"):
        expect(re.search(rf"^{word} .*\[\"", runtime, re.M), f"{word} needs a shell")
    expect(stages[-1].strip() == "runtime", "the default target is another")
    expect(not re.search(r"^ADD |curl|wget", DOCKERFILE, re.M), "something is downloaded past the package manager")


def compose():
    for name in ("compose.yaml", "compose.home-assistant.yaml"):
        document = yaml.safe_load((ROOT / "docker" / name).read_text())
        for service, about in document["services"].items():
            expect(re.search(r":[\d.]+$", about["image"]), f"{name}: {service} has no fixed version")
            for port in about.get("ports", []):
                expect(port.startswith("127.0.0.1:") or service == "home-assistant", f"{name}: {service} is open")
            for volume in about.get("volumes", []):
                source = volume.split(":")[0]
                there = source in document["volumes"] or source == "./config" or (ROOT / "docker" / source).exists()
                expect(there, f"{name}: there is no {source}")
    gateway = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]["gateway"]
    expect(gateway["read_only"] and gateway["cap_drop"] == ["ALL"], "the gateway could write, or has privileges")


def app_is_confined():
    app = DOCKERFILE.split(" AS home-assistant-app")[1]
    expect(re.search(r"BLUETTI_GATEWAY_RUN_AS=10001:10001", app), "the App stays root")
    page = re.search(r"BLUETTI_GATEWAY__HTTP__LISTEN=\S+:(\d+)", app)
    expect(page and APP["ingress"] and APP["ingress_port"] == int(page[1]), "ingress leads elsewhere than to the page")
    expect(APP.get("apparmor") is True, "the App's profile is not used")
    profile = (ROOT / "docker/home-assistant-app/apparmor.txt").read_text()
    expect(f"profile {APP['slug']} " in profile, "the profile has another name than the App")


def workflows():
    for file in (ROOT / ".github/workflows").glob("*.yml"):
        for used in re.findall(r"uses: (\S+)", file.read_text()):
            pinned = used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used)
            expect(pinned, f"{file.name}: {used} may change under its name")
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    expect(set(jobs["gate"]["needs"]) == set(jobs) - {"gate"}, "the gate does not wait for every job")


def service():
    unit = (ROOT / "scripts/packaging/bluetti-gateway.service").read_text()
    for key in ("MemoryMax", "NoNewPrivileges", "ProtectSystem", "SystemCallFilter", "CapabilityBoundingSet"):
        expect(f"\n{key}=" in unit, f"the service has no {key}")


KINDS = {"str": "text", "password": "secret", "email": "me@example.com", "bool": True}
MATCHES = {"^[a-z0-9_]+$": "home", "^[0-9]+$": "2345000000001", "^[^+#]+$": "base",
           "^mqtts?://.+$": "mqtt://127.0.0.1", "^(http://supervisor|mqtts?://.+)$": "mqtt://127.0.0.1"}


def sample(kind):
    """A value of this type of the schema."""
    if isinstance(kind, dict):
        return {key: sample(value) for key, value in kind.items()}
    if isinstance(kind, list):
        return [sample(kind[0])]
    kind = kind.removesuffix("?")
    if match := re.fullmatch(r"match\((.*)\)", kind):
        value = MATCHES[match[1]]
        expect(re.search(match[1], value), f"{value} does not match {match[1]}")
        return value
    if words := re.fullmatch(r"list\((.*)\)", kind):
        return words[1].split("|")[0]
    if numbers := re.fullmatch(r"int\((\d+),(\d+)\)", kind):
        return int(numbers[1])
    return KINDS[kind]


def missing(schema, options, where="root"):
    """What the Supervisor finds missing in options: supervisor/apps/options.py of home-assistant/supervisor."""
    problems = []
    for key, kind in schema.items():
        first = kind[0] if isinstance(kind, list) and kind else kind
        if key not in options:
            if not (isinstance(first, str) and first.endswith("?")):
                problems.append(f"Missing option '{key}' in {where}")
            continue
        given = options[key]
        for item in given if isinstance(kind, list) else [given]:
            if isinstance(first, dict):
                problems += missing(first, item, key)
            elif item is None and where == "root":
                problems.append(f"Required option '{key}' not given")
    return problems


def supervisor_rules():
    """With what a user has to fill in, the Supervisor takes the options that the App comes with."""
    for problem in missing(APP["schema"], APP["options"]):
        expect(False, "the Supervisor refuses the App's options: " + problem)
    stripped = {key: value for key, value in APP["options"].items() if key != "discovery"}
    expect(missing(APP["schema"], stripped), "a table that is missing is not noticed")
    unknown = set(APP["options"]) - set(APP["schema"])
    expect(not unknown, f"options without a schema: {unknown}")


def check(gateway, options):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "options.json")
        file.write_text(json.dumps(options))
        return subprocess.run([gateway, "check", "--config", file], capture_output=True, text=True, check=False).stderr


def app_options(gateway):
    expect(re.fullmatch(r"[a-z0-9_]+", APP["slug"]), "the slug is none")
    expect(set(APP["arch"]) == {"aarch64", "amd64"}, "the image is for aarch64 and amd64")
    expect(APP["services"] == ["mqtt:want"], "the broker is not asked for")
    said = check(gateway, sample(APP["schema"]))
    expect("account" in said and not re.search(r"unknown|has no key|did you mean", said), f"unknown options:\n{said}")
    expect("unknown" in check(gateway, {"locla": {}}), "this test would not notice an unknown option")

    options = APP["options"]
    for table, given in options.items():
        kinds = APP["schema"][table]
        for row, allowed in zip(given, kinds * len(given)) if isinstance(given, list) else [(given, kinds)]:
            expect(set(row) <= set(allowed), f"{table}: the schema does not allow all of {row}")
            needed = {key for key, kind in allowed.items() if not str(kind[0] if isinstance(kind, list) else kind).endswith("?")}
            expect(needed <= set(row), f"{table}: {needed - set(row)} is missing")
    for language in ("en", "de"):
        texts = yaml.safe_load((ROOT / f"docker/home-assistant-app/translations/{language}.yaml").read_text())
        expect(set(texts["configuration"]) == set(APP["schema"]), f"{language}.yaml does not name every option")


one_version()
dockerfile()
compose()
app_is_confined()
workflows()
service()
supervisor_rules()
app_options(pathlib.Path(sys.argv[1]).resolve())
print("\n".join(failures) or "good")
sys.exit(1 if failures else 0)
