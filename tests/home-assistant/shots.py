"""Screenshots of Home Assistant's pages, in $REAL_HA_DIR/shots:  shots.py [NAME...]"""
import asyncio, json, sys
from playwright.async_api import async_playwright
from ha import BASE, DIR, E, HA


async def main():
    async with HA() as ha:
        devices = {d["name"]: d["id"] for d in await ha.devices()}
        token = ha.token
    station = E.get("STATION", "Living room")
    pages = {
        "devices": ("/config/devices/dashboard?historyBack=1&domain=mqtt", 1400, 1500),
        "integration": ("/config/integrations/integration/mqtt", 1400, 1500),
        "device": (f"/config/devices/device/{devices[station]}", 1400, 3600),
        "device-small": ("/config/devices/device/" + devices.get("AC200M", devices[station]), 1400, 2200),
        "device-phone": (f"/config/devices/device/{devices[station]}", 420, 6500),
        "readme": (f"/config/devices/device/{devices[station]}", 850, 1335),
        "gateway": (f"/config/devices/device/{devices.get('BLUETTI Gateway', devices[station])}", 1400, 1000),
        "overview": ("/home/overview", 1400, 1600),
        "lovelace": ("/lovelace/0", 1400, 2600),
        "dashboard": ("/power-station/power-station", 1400, 1400),
        "energy": ("/energy", 1400, 1600),
        "energy-settings": ("/config/energy", 1400, 1600),
        "repairs": ("/config/repairs", 1400, 600),
        "entities": ("/config/entities?domain=mqtt", 1600, 1500),
        "logbook": ("/logbook", 1200, 1200),
    }
    wanted = sys.argv[1:] or list(pages)
    (DIR / "shots").mkdir(exist_ok=True)
    async with async_playwright() as p:
        browser = await p.chromium.launch(executable_path=E.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        for name in wanted:
            path, width, height = pages[name] if name in pages else (name.split("=", 1)[1], 1400, 1500)
            name = name.split("=", 1)[0]
            context = await browser.new_context(viewport=dict(width=width, height=height), locale="en-GB")
            await context.add_init_script("localStorage.setItem('hassTokens', " + json.dumps(json.dumps(dict(
                access_token=token, token_type="Bearer", refresh_token="", expires_in=10**9, expires=4 * 10**12,
                hassUrl=BASE, clientId=BASE + "/"))) + ")")
            if name == "readme":
                await context.add_init_script("""localStorage.setItem('dockedSidebar', '"always_hidden"')""")
            page = await context.new_page()
            await page.goto(BASE + path)
            await page.wait_for_timeout(int(E.get("WAIT", "7000")))
            await page.screenshot(path=str(DIR / "shots" / f"{name}.png"))
            print(name, page.url)
            await context.close()
        await browser.close()


asyncio.run(main())
