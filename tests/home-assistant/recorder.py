"""Which entities write how many states into the recorder's database:  recorder.py [MINUTES to look back]"""
import sqlite3, sys, time
from ha import CONFIG

minutes = float((sys.argv[1:] or ["5"])[0])
db = sqlite3.connect(f"file:{CONFIG}/home-assistant_v2.db?mode=ro", uri=True)
rows = db.execute("""select m.entity_id, count(*) from states s join states_meta m using (metadata_id)
    where s.last_updated_ts > ? and m.entity_id glob ? group by 1 order by 2 desc""", (time.time() - 60 * minutes, "*")).fetchall()
total = sum(n for _, n in rows)
print(f"{total} states in {minutes} min = {total / minutes * 1440:.0f} a day, of {len(rows)} entities")
for name, n in rows[:25]: print(f"  {n / minutes * 1440:8.0f} a day  {name}")
