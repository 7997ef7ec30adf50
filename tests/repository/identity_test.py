#!/usr/bin/python3
"""Who publishes this is said by scripts/packaging/identity alone, and what would publish refuses placeholders.

    identity_test.py
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
IDENTITY = ROOT / "scripts/packaging/identity"
PUBLISHED = re.compile(
    r"(ghcr\.io/(?!home-assistant/)|docker\.io/(?!library/)|quay\.io/)|[\w.-]+@[\w.-]+\.invalid|github\.com/[\w-]*bluetti-gateway")
SIGNS = (".io/", ".invalid", "github.com/")  # of which PUBLISHED has one; to look for them is quicker
failures = []


def files():
    skipped = {".git", "build", "node_modules"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped]
        yield from (pathlib.Path(folder) / name for name in names)


values = dict(re.findall(r'^([a-z_]+)="?([^"\n]*)', IDENTITY.read_text(), re.M))
own = [value for key, value in values.items() if key != "maintainer_name"]
if not own:
    failures.append("no values in scripts/packaging/identity")
for file in files():
    if file in (IDENTITY, pathlib.Path(__file__).resolve()):
        continue
    try:
        text = file.read_text()
    except UnicodeDecodeError:
        continue
    for number, line in enumerate(text.splitlines(), 1):
        if (any(sign in line for sign in SIGNS) and PUBLISHED.search(line)) or any(value in line for value in own):
            failures.append(f"{file.relative_to(ROOT)}:{number}: names a publisher; that belongs into {IDENTITY.name}")

with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)

    def app_repository(identity):
        (folder / "identity").write_text(identity)
        return subprocess.run([ROOT / "scripts/app-repository", folder / "repository"], capture_output=True, text=True,
                              env={**os.environ, "IDENTITY": str(folder / "identity")}, check=False)

    placeholder = 'maintainer_name="A"\nmaintainer_email=a@a.invalid\nsource=https://a.invalid/a\napp_image=a.invalid/b\n'
    refused = app_repository(placeholder)
    if refused.returncode != 1 or "your own names" not in refused.stderr or (folder / "repository").exists():
        failures.append("scripts/app-repository takes placeholders")
    made = app_repository(placeholder.replace(".invalid", ".example"))
    config = folder / "repository/bluetti_gateway/config.yaml"
    if made.returncode or "\nimage: a.example/b\n" not in config.read_text():
        failures.append(f"scripts/app-repository does not name the image: {made.stderr}")
    elif (folder / "repository/repository.yaml").read_text() != (
            "name: BLUETTI Gateway\nurl: https://a.example/a\nmaintainer: A <a@a.example>\n"):
        failures.append("repository.yaml is wrong")

print("\n".join(failures), file=sys.stderr)
sys.exit(1 if failures else 0)
