"""Compares the Home Assistant examples of a Markdown file with a discovery document of the gateway:

    check_examples.py FILE.md DOCUMENT.json PREFIX

Every entity id that begins with PREFIX, as in "garage_", and every topic must be announced, every action must be one that
its platform has, and every value that is written out must be one that the entity takes. Exit code 0, and the number of
entity ids that were compared, if all of that holds; 77 without the YAML library.
"""
import json
import re
import sys

try:
    import yaml
except ImportError:
    sys.exit(77)

ACTIONS = {
    "switch": {"switch.turn_on", "switch.turn_off", "switch.toggle"},
    "number": {"number.set_value"},
    "select": {"select.select_option"},
    "text": {"text.set_value"},
    "button": {"button.press"},
}
AUTOMATION_KEYS = {"alias", "description", "id", "mode", "triggers", "conditions", "variables", "actions"}
ENTITY = re.compile(r"\b(?:sensor|binary_sensor|switch|number|select|text|button)\.[a-z0-9_]+")


def examples_of(markdown):
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", markdown, re.S | re.M)]


def walk(value):
    yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(child)


def fault_of_value(entity, value):
    """Why Home Assistant or the gateway would not take it."""
    if isinstance(value, str) and "{{" in value:
        return None
    if entity["platform"] == "number" and not entity["min"] <= value <= entity["max"]:
        return f"{value} is not between {entity['min']} and {entity['max']}"
    if entity["platform"] == "select" and value not in entity["options"]:
        return f"{value} is not one of {entity['options']}"
    if entity["platform"] == "text" and not re.fullmatch(entity["pattern"], value):
        return f"{value} does not match {entity['pattern']}"
    return None


def check_action(step, entities, prefix, faults):
    targets = step.get("target", {}).get("entity_id", [])
    for target in [targets] if isinstance(targets, str) else targets:
        if not target.split(".")[1].startswith(prefix):
            continue
        entity = entities.get(target)
        if entity is None:
            continue  # is a fault already
        if step["action"] not in ACTIONS.get(entity["platform"], ()):
            faults.append(f"{step['action']} is no action of {target}")
        for key in ("value", "option"):
            fault = fault_of_value(entity, step["data"][key]) if key in step.get("data", {}) else None
            if fault:
                faults.append(f"{target}: {fault}")


def check_states(step, entities, faults):
    entity = entities.get(step.get("entity_id")) if isinstance(step.get("entity_id"), str) else None
    if entity is None or "options" not in entity:
        return
    states = step.get("to", [])
    for state in [states] if isinstance(states, str) else states:
        if state not in entity["options"]:
            faults.append(f"{step['entity_id']} is never {state}")


def main(markdown, document, prefix):
    entities = {entity["default_entity_id"]: entity for entity in json.load(open(document))["components"].values()}
    topics = {value for entity in entities.values() for key, value in entity.items() if key.endswith("_topic")}
    faults, compared = [], 0
    automations = [each for example in examples_of(open(markdown).read()) for each in example["automation"]]
    for automation in automations:
        faults += [f"{automation.get('alias')}: unknown key {key}" for key in automation.keys() - AUTOMATION_KEYS]
        if not automation.get("triggers") or not automation.get("actions"):
            faults.append(f"{automation.get('alias')}: no trigger or no action")
        for part in walk(automation):
            if isinstance(part, dict) and "action" in part:
                check_action(part, entities, prefix, faults)
            if isinstance(part, dict) and part.get("trigger") == "state":
                check_states(part, entities, faults)
            if isinstance(part, dict) and "topic" in part and part["topic"] not in topics:
                faults.append(f"there is no topic {part['topic']}")
            for name in ENTITY.findall(part) if isinstance(part, str) else []:
                if name.split(".")[1].startswith(prefix):
                    compared += 1
                    if name not in entities:
                        faults.append(f"there is no {name}")
    print("\n".join(faults) or f"{len(automations)} automations, {compared} entity ids")
    return 1 if faults or not automations or not compared else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
