"""Home Assistant's own MQTT integration reads what the gateway published: every entity of every document must come
into being with a state, and nothing may be logged about it. Called by scripts/check-home-assistant with the port of the
broker. Entities that start switched off are switched on, else their values would not be looked at.
"""
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

import paho.mqtt.client as mqtt
from home import started
from homeassistant import const
from homeassistant.helpers import device_registry, entity_registry

PORT = int(sys.argv[1])
PATIENCE = 60  # seconds

complaints = []


class Complaints(logging.Handler):
    def emit(self, record):
        # These two are about this program, not about a document.
        if not record.name.startswith(("aiohttp_fast_zlib", "homeassistant.helpers.frame")):
            complaints.append(f"{record.levelname} {record.name}: {record.getMessage()[:600]}")


def switch_all_on():
    """Republishes every retained document without enabled_by_default; gives the documents."""
    documents = {}
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = lambda _, __, message: documents.setdefault(message.topic, json.loads(message.payload))
    client.connect("127.0.0.1", PORT)
    client.subscribe("homeassistant/device/+/config", qos=1)
    last = -1
    while len(documents) != last:  # retained messages come at once
        last = len(documents)
        for _ in range(20):
            client.loop(0.1)
    client.unsubscribe("homeassistant/device/+/config")
    for topic, document in documents.items():
        for component in document["components"].values():
            component.pop("enabled_by_default", None)
        published = client.publish(topic, json.dumps(document), qos=1, retain=True)
        while not published.is_published():
            client.loop(0.1)
    client.disconnect()
    return documents


async def main():
    documents = switch_all_on()
    expected = {component["unique_id"] for document in documents.values()
                for component in document["components"].values() if "unique_id" in component}
    logging.getLogger().addHandler(Complaints(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        hass = await started(Path(folder), PORT)
        entities = entity_registry.async_get(hass).entities

        def unavailable_ids():
            return sorted(state.entity_id for state in hass.states.async_all() if state.state == "unavailable")

        for _ in range(PATIENCE):
            await asyncio.sleep(1)
            if len(entities) >= len(expected) and not unavailable_ids():
                break
        await asyncio.sleep(5)  # their values
        devices = device_registry.async_get(hass).devices
        missing = sorted(expected - {entity.unique_id for entity in entities.values()})
        stateless = sorted(entity.unique_id for entity in entities.values() if hass.states.get(entity.entity_id) is None)
        unavailable = unavailable_ids()
        await hass.async_stop(force=True)

    print(f"Home Assistant {const.__version__}: {len(documents)} documents, {len(devices)} devices, "
          f"{len(entities)} of {len(expected)} entities; {len(missing)} missing, {len(stateless)} without a state, "
          f"{len(unavailable)} unavailable, {len(complaints)} complaints")
    for line in [*missing, *stateless, *unavailable, *complaints][:40]:
        print(" ", line)
    sys.exit(not documents or bool(missing or stateless or unavailable or complaints))


asyncio.run(main())
