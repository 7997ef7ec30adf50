"""Runs the documentation's commands: see run.sh. Every document has a folder of its own with a certificate and a
gateway.toml; two brokers and two stations are there for all. What runs until Ctrl-C is given until it has said
something; a gateway then runs on until its document ends."""
import fcntl
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from markdown import steps_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "demo"
PATIENCE = 60
STATION_ON_LAN = "192.168.1.20"  # as in the documents
SOURCES = [file.read_text() for folder in ("gateway", "protocol") for file in (ROOT / folder).rglob("*.cpp")]
SYSTEM_SAYS = ("No such file", "Is a directory", "Permission denied")

CONFIG = """[local]
url = "mqtt://127.0.0.1:1883"
[[account]]
id = "home"
certificate = "bluetti.pfx"
certificate_password_file = "certificate-password"
[[station]]
id = "living_room"
model = "AP300"
serial = "2345000000001"
"""

PRELUDE = """set -euo pipefail
until_ctrl_c() {  # for what nobody waits for
  local log end=$((SECONDS + 30)) wanted=.
  log=$(mktemp -p "$SCRATCH" -t "$1.XXXX")
  if [ "$1" = bluetti-gateway ]; then wanted=' online'; fi
  "$@" >"$log" 2>&1 &
  local pid=$!
  until grep -q -- "$wanted" "$log"; do
    if ! kill -0 $pid 2>/dev/null || ((SECONDS > end)); then cat "$log" >&2; echo "$* says nothing" >&2; return 1; fi
    sleep 0.1
  done
  if [ "$1" = bluetti-gateway ]; then echo $pid >>"$SCRATCH/running"; else kill -INT $pid; wait $pid || true; fi
}
"""


def bring_up_loopback():
    with socket.socket() as any_socket:
        up = struct.pack("16sh14x", b"lo", 0x1 | 0x40)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, up)  # SIOCSIFFLAGS
        other = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(STATION_ON_LAN))
        fcntl.ioctl(any_socket, 0x8916, other)  # SIOCSIFADDR


def wait_for(host, port):
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on {host}:{port}")


def not_run():
    rules = []
    for line in (ROOT / "tests/documentation/not_run.txt").read_text().splitlines():
        if not line.startswith("#"):
            pattern, reason = re.fullmatch(r"(\^.*?(?:\\b|\$|report\.jsonl))\s+(.*)", line).groups()
            rules.append((re.compile(pattern), reason))
    return rules


class World:
    """Brokers and stations; ends with the block."""

    def __init__(self, gateway, folder):
        self.gateway, self.folder, self.processes = gateway, folder, []

    def start(self, *command):
        log = open(self.folder / f"{len(self.processes)}.log", "w")
        self.processes.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log))

    def broker(self, port, *lines):
        file = self.folder / f"{port}.conf"
        file.write_text("\n".join([f"listener {port} 127.0.0.1", "user root", "persistence false", *lines]) + "\n")
        self.start("mosquitto", "-c", file)
        wait_for("127.0.0.1", port)

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        here = self.folder
        subprocess.run([ROOT / "scripts/certificates", here, "--password", PASSWORD], check=True)
        self.broker(18760, f"cafile {here}/ca.pem", f"certfile {here}/server.pem", f"keyfile {here}/server.key",
                    "require_certificate true", "use_identity_as_username true", "allow_anonymous false")
        self.broker(1883, "allow_anonymous true")
        self.start(self.gateway, "simulate", "--broker", "mqtts://127.0.0.1:18760", "--ca", here / "ca.pem",
                   "--certificate", here / "client.pfx", "--password", PASSWORD, "--stations", "2",
                   "--model", "AP300,EL100V2", "--first-serial", "2345000000001", "--push-interval", "1")
        self.start(self.gateway, "simulate", "--lan", f"{STATION_ON_LAN}:502", "--model", "Balco260",
                   "--first-serial", "2345000000001")
        wait_for(STATION_ON_LAN, 502)
        self.start(self.gateway, "simulate", "--lan", "127.0.0.1:1502", "--model", "SunnyBoy", "--schemas",
                   ROOT / "examples/vendors/sma")
        wait_for("127.0.0.1", 1502)

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()


def is_shown(output, shown):
    """Whether this is the output, where `...` stands for anything, and columns may be of other widths."""
    pieces = [re.escape(piece) for piece in re.sub(" +", " ", shown.rstrip()).split("...")]
    return re.fullmatch(".*".join(pieces), re.sub(" +", " ", output.rstrip()), re.DOTALL) is not None


class Document:
    def __init__(self, path, world, rules):
        self.path, self.world, self.rules, self.failures, self.ran = path, world, rules, [], 0
        name = "-".join(path.relative_to(ROOT).with_suffix("").parts)
        self.folder = world.folder / name
        self.scratch = world.folder / f"{name}.scratch"
        self.folder.mkdir()
        self.scratch.mkdir()
        shutil.copy(world.folder / "legacy.pfx", self.folder / "bluetti.pfx")
        password = self.folder / "certificate-password"
        password.write_text(PASSWORD + "\n")
        password.chmod(0o600)
        (self.folder / "gateway.toml").write_text(CONFIG)
        shutil.copytree(ROOT / "docker", self.folder / "docker")
        for name in ("scripts", "schemas", "examples"):
            (self.folder / name).symlink_to(ROOT / name)
        programs = self.scratch / "bin"
        programs.mkdir()
        (programs / "bluetti-gateway").symlink_to(world.gateway)
        self.environment = {
            "PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.folder), "PASSWORD": PASSWORD,
            "SCRATCH": str(self.scratch), "BLUETTI_GATEWAY__ACCOUNT__HOME__URL": "mqtts://127.0.0.1:18760",
            "BLUETTI_GATEWAY__ACCOUNT__HOME__CA": str(world.folder / "ca.pem")}

    def fail(self, step, what):
        self.failures.append(f"{self.path.relative_to(ROOT)}:{step.line}: {what}")

    def is_run(self, step, command):
        if not any(pattern.search(command) for pattern, _ in self.rules):
            return True
        for name in re.findall(r"(?:^|\s)((?:docker|scripts)/\S+)", command):
            if not (ROOT / name).exists() and not name.startswith(("docker/config", "docker/secrets")):
                self.fail(step, f"there is no {name}: {command}")
        return False

    def execute(self, step, commands):
        lines = []
        for command in commands:
            endless = re.match(r"bluetti-gateway run\b(?!.*--once)|mosquitto_sub\b(?!.* -[CW] )", command)
            lines.append(f"until_ctrl_c {command}" if endless else command)
        kept = self.scratch / "environment"
        # Of an account that this configuration does not have, the gateway would complain.
        no_account = "[ ! -e gateway.toml ] || grep -q '\\[\\[account' gateway.toml || unset ${!BLUETTI_GATEWAY__ACCOUNT@}\n"
        script = f"{PRELUDE}[ ! -e {kept} ] || . {kept}\n{no_account}" + "\n".join(lines) + f"\nexport -p >{kept}\n"
        output = self.scratch / "output"
        with open(output, "w") as to:
            try:
                code = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.environment, stdout=to,
                                      stderr=to, stdin=subprocess.DEVNULL, timeout=PATIENCE).returncode
            except subprocess.TimeoutExpired:
                code = None
        self.ran += len(commands)
        return code, output.read_text()

    def run(self):
        for step in steps_of(self.path.read_text()):
            if step.file:
                target = self.folder / step.file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(step.content)
                continue
            commands = [command for command in step.commands if self.is_run(step, command)]
            if not commands:
                continue
            code, output = self.execute(step, commands)
            if code is None:
                self.fail(step, f"does not end: {commands}:\n{output}")
            elif step.output is not None and not is_shown(output, step.output):
                self.fail(step, f"{commands[0]} prints:\n{output}instead of:\n{step.output}")
            elif step.output is None and code != 0:
                self.fail(step, f"exit code {code} from {commands}:\n{output}")
        running = self.scratch / "running"
        for pid in running.read_text().split() if running.exists() else []:
            subprocess.run(["kill", pid], check=False)


def made_up_messages(path):
    """Quoted messages of a table by symptom that the program cannot say."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.startswith("| `"):
            continue
        for quoted in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
            for part in re.split(r"\.\.\.|[:;] |\[\w+\]|\[cloud \w+\]|\d+", quoted):
                part = part.strip(" ,;:")
                if len(part) > 5 and part not in SYSTEM_SAYS and not any(part in source for source in SOURCES):
                    yield f"{path.relative_to(ROOT)}:{number}: the program never says '{part}'"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bring_up_loopback()
    gateway = pathlib.Path(sys.argv[1]).resolve()
    files = [pathlib.Path(name).resolve() for name in sys.argv[2:]]
    files = files or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    failures, ran = list(made_up_messages(ROOT / "docs/trouble.md")), 0
    with tempfile.TemporaryDirectory() as folder, World(gateway, pathlib.Path(folder)) as world:
        for path in files:
            document = Document(path, world, not_run())
            document.run()
            failures += document.failures
            ran += document.ran
    print("\n".join(failures), file=sys.stderr)
    print(f"{ran} commands of {len(files)} documents were run")
    return 1 if failures or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
