"""Blueprints and dashboard of docs/home-assistant, loaded by Home Assistant:  ready.py"""
import asyncio, re, shutil
from pathlib import Path

import yaml

from ha import CONFIG, E, HA, log_lines

DOCS = Path(E["SOURCE"]) / "docs/home-assistant"
INPUTS = {
    "low_battery": {"battery": "sensor.living_room_battery"},
    "fault_notification": {"event": "event.living_room_problem_event", "cleared": True},
    "tariff_charging": {"cheap": "binary_sensor.cheap", "battery": "sensor.living_room_battery",
                        "grid_charging": "switch.living_room_grid_charging_control",
                        "high_limit": "number.living_room_battery_high_limit_control"},
    "surplus_charging": {"house_power": "sensor.house_grid_power",
                         "grid_charging": "switch.living_room_grid_charging_control",
                         "current_limit": "number.living_room_grid_import_current_limit_control"},
}


async def blueprints(ha):
    folder = CONFIG / "blueprints/automation/bluetti_gateway"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (DOCS / "blueprints").glob("*.yaml"): shutil.copy(file, folder)
    loaded = await ha.ask("blueprint/list", domain="automation")
    for file in sorted((DOCS / "blueprints").glob("*.yaml")):
        about = loaded.get(f"bluetti_gateway/{file.name}", {"error": "not found"})
        answer = "-"
        if "error" not in about:
            answer = await ha.post(f"/api/config/automation/config/{file.stem}", {
                "alias": file.stem, "use_blueprint": {"path": f"bluetti_gateway/{file.name}", "input": INPUTS[file.stem]}})
        print(f"blueprint {file.stem}:", about.get("error", "loaded"), answer)
    await asyncio.sleep(5)
    states = await ha.states()
    print("automations:", {k: s["state"] for k, s in states.items() if k.startswith("automation.")})


async def dashboard(ha):
    text = (DOCS / "dashboard.yaml").read_text()
    await ha.ask("lovelace/dashboards/create", url_path="power-station", title="Power station", mode="storage",
                 require_admin=False, show_in_sidebar=True)
    await ha.ask("lovelace/config/save", url_path="power-station", config=yaml.safe_load(text))
    states = await ha.states()
    named = set(re.findall(r"\b(?:sensor|binary_sensor|event)\.living_room_\w+", text))
    print("dashboard: entities", len(named), "missing", sorted(named - set(states)))


async def main():
    async with HA() as ha:
        await blueprints(ha)
        await dashboard(ha)
    for line, n in log_lines()[0].most_common(): print(f"  {n:4} x {line}")


asyncio.run(main())
