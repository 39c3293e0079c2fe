"""Writes random recurrence rules with what python-dateutil makes of them.

    pip install python-dateutil==2.9.0.post0
    npm install rrule-temporal@2.2.8 temporal-polyfill@1.0.1
    python3 generate.py | node generate.mjs | gzip -9n > golden.jsonl.gz

One JSON object a line:
  kind      rule (no zone), zone (times in a zone), set (rules, RDATE, EXDATE)
            or skip (RFC 7529, which dateutil does not know)
  start     local date-time
  zone      IANA name
  rule      RFC 5545 text
  dateutil  the first occurrences, as seconds after the first reading of start;
            null when dateutil found too few in time
  temporal  the same of rrule-temporal, added by generate.mjs; absent when equal
"""

import json
import random
import signal
import sys
from datetime import datetime, timezone
from itertools import islice

from dateutil import tz
from dateutil.rrule import rruleset, rrulestr

OCCURRENCES = 10
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
    "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran", "America/Sao_Paulo",
]
rng = random.Random(20261122)


class TooSlow(Exception):
    pass


def alarm(*_):
    raise TooSlow


signal.signal(signal.SIGALRM, alarm)


def some(low, high, most, negative=False):
    """A sorted comma list of up to `most` numbers."""
    chosen = set()
    for _ in range(rng.randint(1, most)):
        n = rng.randint(low, high)
        chosen.add(-n if negative and rng.random() < 0.3 else n)
    return ",".join(map(str, sorted(chosen)))


def days(ordinal):
    chosen = []
    for _ in range(rng.randint(1, 3)):
        prefix = ""
        if ordinal:
            prefix = str(rng.choice([1, 2, 3, 4, 5, -1, -2, -5] if ordinal == 5 else [1, 7, 20, 52, 53, -1, -10, -53]))
        chosen.append(prefix + rng.choice(WEEKDAYS))
    return ",".join(sorted(set(chosen)))


def random_rule(freqs, parts=0.3):
    freq = rng.choice(freqs)
    rule = [f"FREQ={freq}"]
    chance = lambda p=parts: rng.random() < p
    if chance(0.5):
        rule.append(f"INTERVAL={rng.choice([2, 2, 3, 4, 5, 6, 7, 10, 12, 13, 18, 52, 90])}")
    others = len(rule)
    if chance():
        rule.append("BYMONTH=" + some(1, 12, 4))
    weekno = freq == "YEARLY" and chance(0.25)
    if weekno:
        rule.append("BYWEEKNO=" + some(1, 53, 3, True))
    if freq not in ("DAILY", "WEEKLY", "MONTHLY") and chance(0.15):
        rule.append("BYYEARDAY=" + some(1, 366, 6, True))
    if freq != "WEEKLY" and chance():
        rule.append("BYMONTHDAY=" + some(1, 31, 4, True))
    if chance():
        ordinal = 0
        if not weekno and freq in ("MONTHLY", "YEARLY") and rng.random() < 0.6:
            ordinal = 5 if freq == "MONTHLY" or "BYMONTH" in "".join(rule) else 53
        rule.append("BYDAY=" + days(ordinal))
    if chance(0.2):
        rule.append("BYHOUR=" + some(0, 23, 3))
    if chance(0.2):
        rule.append("BYMINUTE=" + some(0, 59, 3))
    if chance(0.1):
        rule.append("BYSECOND=" + some(0, 59, 3))
    if len(rule) > others and chance(0.2):
        rule.append("BYSETPOS=" + some(1, 5, 2, True))
    if chance(0.3):
        rule.append("WKST=" + rng.choice(WEEKDAYS))
    if chance(0.1):
        rule.append(f"COUNT={rng.randint(1, 8)}")
    return ";".join(rule)


def random_start(low=1970, high=2100):
    return datetime(
        rng.randint(low, high), rng.randint(1, 12), rng.randint(1, 28),
        rng.choice([0, 1, 2, 9, 23]), rng.choice([0, 0, 30, 59]), rng.choice([0, 0, 0, 15]),
    ).replace(day=rng.choice([1, 5, 12, 15, 20, 28]))


def first(occurrences):
    """The first occurrences, or None when they are too hard to find."""
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        return list(islice(occurrences, OCCURRENCES))
    except TooSlow:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def emit(kind, start, zone, rule, occurrences):
    print(json.dumps({
        "kind": kind, "start": start.strftime("%Y-%m-%dT%H:%M:%S"), "zone": zone, "rule": rule,
        "dateutil": occurrences,
    }, separators=(",", ":")))


def emit_rule():
    start, rule = random_start(), random_rule(
        ["YEARLY"] * 4 + ["MONTHLY"] * 4 + ["WEEKLY"] * 2 + ["DAILY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"])
    try:
        found = first(iter(rrulestr(rule, dtstart=start)))
    except ValueError:  # dateutil refuses intervals that never meet the clock
        found = []
    if found is not None:
        found = [int((o - start).total_seconds()) for o in found]
    emit("rule", start, "UTC", rule, found)


def instants(wall_times, zone):
    """Wall times as Unix seconds, in order, each once."""
    result = set()
    for wall in wall_times:
        aware = tz.resolve_imaginary(wall.replace(tzinfo=zone, fold=0))
        result.add(int(aware.astimezone(timezone.utc).timestamp()))
    return sorted(result)


def emit_zone():
    name = rng.choice(ZONES)
    zone = tz.gettz(name)
    year = {"Pacific/Apia": 2011, "America/Sao_Paulo": 2018}.get(name, rng.randint(1990, 2030))
    # Begin shortly before a change, so that the first occurrences meet it.
    changes = []
    last = None
    for hour in range(0, 366 * 24):
        utc = datetime.fromtimestamp(int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()) + hour * 3600, timezone.utc)
        offset = utc.astimezone(zone).utcoffset()
        if last is not None and offset != last:
            changes.append(utc.astimezone(zone).replace(tzinfo=None))
        last = offset
    if not changes:
        return
    change = rng.choice(changes)
    start = datetime.fromtimestamp(change.timestamp() - rng.randint(1, 40) * 1800).replace(
        minute=rng.choice([0, 15, 30, 45]), second=0)
    rule = rng.choice([
        "FREQ=DAILY", "FREQ=HOURLY", "FREQ=MINUTELY;INTERVAL=15", "FREQ=MINUTELY;INTERVAL=40",
        "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,30", "FREQ=HOURLY;BYMINUTE=10,50", "FREQ=HOURLY;INTERVAL=3",
        "FREQ=MINUTELY;BYHOUR=2;BYMINUTE=0,20,40", "FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,30",
    ])
    walls = list(islice(rrulestr(rule, dtstart=start), 400))
    begin = instants([start], zone)[0]
    found = [f - begin for f in instants(walls, zone) if f >= begin]
    emit("zone", start, name, rule, found[:30])


def emit_set():
    start = random_start(2000, 2040)
    rules = [random_rule(["MONTHLY", "WEEKLY", "DAILY"], 0.2) for _ in range(rng.randint(1, 3))]
    total = rruleset()
    try:
        for rule in rules:
            total.rrule(rrulestr(rule, dtstart=start))
        found = first(iter(total))
    except ValueError:
        return
    if not found:
        return
    extra = [start.replace(year=start.year + rng.randint(0, 1), month=rng.randint(1, 12)) for _ in range(rng.randint(0, 3))]
    extra = [e for e in extra if e >= start]
    except_ = rng.sample(found, rng.randint(0, min(3, len(found))))
    stamp = lambda list_: ",".join(d.strftime("%Y%m%dT%H%M%SZ") for d in list_)
    for date in extra:
        total.rdate(date)
    for date in except_:
        total.exdate(date)
    lines = ["RRULE:" + rule for rule in rules]
    if extra:
        lines.append("RDATE:" + stamp(extra))
    if except_:
        lines.append("EXDATE:" + stamp(except_))
    found = first(iter(total))
    if found is not None:
        found = [int((o - start).total_seconds()) for o in found]
    emit("set", start, "UTC", "\n".join(lines), found)


def emit_skip():
    start = random_start(1990, 2050)
    skip = rng.choice(["BACKWARD", "FORWARD", "OMIT"])
    freq = rng.choice(["MONTHLY", "YEARLY"])
    rule = f"RSCALE=GREGORIAN;FREQ={freq};SKIP={skip}"
    if rng.random() < 0.3:
        rule += f";INTERVAL={rng.choice([2, 3, 4])}"
    if rng.random() < 0.3:
        rule += ";BYMONTH=" + some(1, 12, 4)
    if rng.random() < 0.7:
        rule += ";BYMONTHDAY=" + some(27, 31, 3)
    elif freq == "YEARLY" and "BYMONTH=" not in rule:
        rule += ";BYYEARDAY=" + some(360, 366, 2)
    else:
        start = start.replace(month=1, day=rng.choice([29, 30, 31]))
    if rng.random() < 0.3:
        rule += ";BYHOUR=" + some(0, 23, 2)
    emit("skip", start, "UTC", rule, None)


def main():
    for emit_one, how_many in ((emit_rule, 12000), (emit_zone, 1500), (emit_set, 1500), (emit_skip, 1000)):
        for _ in range(how_many):
            emit_one()
    sys.stdout.flush()


main()
