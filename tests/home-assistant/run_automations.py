"""Runs the automations of docs/control.md, as they stand there, in Home Assistant's own core: with a real gateway that may
change settings, and a simulated station. What an owner's own sensors say is set here. Called by
scripts/check-home-assistant with the port of the local broker.
"""
import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path

import paho.mqtt.client as mqtt
import yaml
from home import started
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION, __version__
from homeassistant.setup import async_setup_component

PORT = int(sys.argv[1])
DOCUMENT = Path(__file__).parents[2] / "docs/control.md"
STATION = "bluetti/garage/"
VOLTS = 230

values, results = {}, []


def automations():
    blocks = re.findall(r"^```yaml\n(automation:.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    return [automation for block in blocks for automation in yaml.safe_load(block)["automation"]]


def on_message(_, __, message):
    path = message.topic.removeprefix(STATION)
    if path == "control/result":
        results.append(json.loads(message.payload))
    else:
        values[path] = message.payload.decode()


async def until(what, condition, patience=40):
    for _ in range(patience * 10):
        if condition():
            return print(" ", what)
        await asyncio.sleep(0.1)
    sys.exit(f"in vain: {what}; the last results: {results[-4:]}")


async def main():
    if (MAJOR_VERSION, MINOR_VERSION) < (2025, 10):
        return print(f"automations left out: before 2025.10 (this is {__version__}) Home Assistant chooses entity ids itself")
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = on_message
    client.connect("127.0.0.1", PORT)
    client.subscribe(STATION + "#", qos=1)
    client.loop_start()
    with tempfile.TemporaryDirectory() as folder:
        hass = await started(Path(folder), PORT)
        for component in ("persistent_notification", "trace"):
            await async_setup_component(hass, component, {})
        needed = {entity for automation in automations()
                  for entity in re.findall(r"[a-z_]+[.]garage_[a-z0-9_]+", json.dumps(automation))}
        for entity in sorted(needed):
            await until(entity, lambda: hass.states.get(entity) is not None)
        assert await async_setup_component(hass, "automation", {"automation": automations()})
        await hass.async_start()
        by_alias = {state.name: state.entity_id for state in hass.states.async_all("automation")}
        assert len(by_alias) == len(automations()), by_alias

        def state(entity, value):
            hass.states.async_set(entity, str(value))

        async def trigger(alias):
            await hass.services.async_call("automation", "trigger", {"entity_id": by_alias[alias], "skip_condition": False},
                                           blocking=True)

        print("Garage: charge while electricity is cheap")
        client.publish(STATION + "grid_charging/set", "OFF", qos=1)
        await until("grid charging is off", lambda: values.get("grid_charging") == "OFF")
        state("binary_sensor.cheap_electricity", "off")
        state("binary_sensor.cheap_electricity", "on")
        for _ in range(62):  # it waits a minute; the station's own charge may come in between
            state("sensor.garage_battery", 50)
            await asyncio.sleep(1)
        await until("charges from the grid", lambda: values["grid_charging"] == "ON")
        await until("up to 100 %", lambda: values["soc_high_limit"] == "100")

        print("Garage: stop charging from the grid")
        state("binary_sensor.cheap_electricity", "off")
        await asyncio.sleep(62)
        await until("does not charge from the grid", lambda: values["grid_charging"] == "OFF")
        await until("keeps room for the sun", lambda: values["soc_high_limit"] == "80")

        print("Garage: the tariff of the night, written into the station")
        state("binary_sensor.sunny_tomorrow", "off")
        await trigger("Garage: the tariff of the night, written into the station")
        await until("the time slot is there", lambda: values.get("time_slot/1") == "charge 01:00-05:00")

        print("Garage: charge with the sun's surplus")
        state("sensor.house_grid_power", -4 * VOLTS - 10)
        await trigger("Garage: charge with the sun's surplus")
        await until("charges with 4 A", lambda: values["grid_import_current_limit"] == "4" and values["grid_charging"] == "ON")
        await asyncio.sleep(10)  # six changes a minute are allowed
        state("sensor.house_grid_power", 2000)
        await trigger("Garage: charge with the sun's surplus")
        await until("stops without a surplus", lambda: values["grid_charging"] == "OFF")

        print("Garage: a change did not work")
        client.publish(STATION + "soc_high_limit/set", "101", qos=1)
        await until("the refusal is shown", lambda: hass.states.get(
            by_alias["Garage: a change did not work"]).attributes.get("last_triggered") is not None)
        await hass.async_stop(force=True)
    client.loop_stop()
    wrong = [result for result in results if result["outcome"] != "confirmed" and result["wanted"] != "101"]
    print(f"Home Assistant {__version__}: {len(automations())} automations ran; {len(results)} results, {len(wrong)} of them unexpected")
    sys.exit(bool(wrong))


asyncio.run(main())
