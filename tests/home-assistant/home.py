"""Home Assistant's core with its MQTT integration, in this process, connected to the broker on a port."""
import types

from homeassistant import bootstrap, config_entries, core, loader
from homeassistant.setup import async_setup_component


async def started(folder, port):
    (folder / "configuration.yaml").touch()
    hass = core.HomeAssistant(str(folder))
    loader.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    hass.config.skip_pip = True
    hass.config.components.update({"http", "file_upload"})  # the integration wants them for its forms only
    await async_setup_component(hass, "homeassistant", {})
    await hass.config_entries.async_add(config_entries.ConfigEntry(
        version=1, minor_version=2, domain="mqtt", title="mqtt", source="user", unique_id=None,
        data={"broker": "127.0.0.1", "port": port}, options={},
        discovery_keys=types.MappingProxyType({}), subentries_data=None))
    return hass
