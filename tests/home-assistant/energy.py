"""The energy dashboard: which statistics there are, whether Home Assistant complains about any, and a station in the
dashboard by what `bluetti-gateway energy-dashboard` prints:  energy.py"""
import asyncio, json, os, subprocess
from collections import Counter

from ha import DIR, E, HA, log_lines
from stations import all_models, config


async def main():
    living_room = next(s for s in all_models() if s["id"] == "living_room")
    file = DIR / "rig" / "energy.toml"
    config([living_room], file=file)
    prefs = json.loads(subprocess.run([E["GATEWAY"], "energy-dashboard", "--config", file, "--json"],
                                      capture_output=True, text=True, check=True).stdout)
    os.unlink(file)
    async with HA() as ha:
        ids = await ha.ask("recorder/list_statistic_ids")
        issues = await ha.ask("recorder/validate_statistics")
        print(len(ids), "statistics;", "issues:", json.dumps(issues)[:1500])
        print("units by class:", Counter((i.get("unit_class"), i["statistics_unit_of_measurement"], "sum" if i["has_sum"] else "mean") for i in ids))
        try:
            await ha.ask("energy/save_prefs", **prefs)
        except RuntimeError as error:
            print("save_prefs:", error)
        print("energy/validate:", json.dumps(await ha.ask("energy/validate")))
        states = await ha.states()
        for source in prefs["energy_sources"]:
            for value in source.values():
                if isinstance(value, str) and value.startswith("sensor."):
                    print("  ", value, states.get(value, {}).get("state"))
    for line, n in log_lines()[0].most_common(): print(f"  {n:4} x {line}")


asyncio.run(main())
