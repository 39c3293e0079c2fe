// Adds to each line what rrule-temporal makes of the rule; see generate.py.
import 'temporal-polyfill/global';
import { createInterface } from 'node:readline';
import { RRuleTemporal } from 'rrule-temporal';

const basic = (start) => start.replaceAll(/[-:]/g, '');

function occurrences({ start, zone, rule }, count) {
  const dtstart = zone === 'UTC' ? `DTSTART:${basic(start)}Z` : `DTSTART;TZID=${zone}:${basic(start)}`;
  const lines = rule.includes(':') ? rule : `RRULE:${rule}`;
  const begin = Temporal.PlainDateTime.from(start).toZonedDateTime(zone).epochMilliseconds;
  const found = [];
  // It walks empty periods slowly: give up early, dateutil covers those rules.
  const series = new RRuleTemporal({ rruleString: `${dtstart}\n${lines}`, maxIterations: 150, cache: false });
  series.all((date) => {
    found.push((date.epochMilliseconds - begin) / 1000);
    return found.length < count;
  });
  return found.slice(0, count);
}

for await (const line of createInterface({ input: process.stdin })) {
  const row = JSON.parse(line);
  // Its text form takes one rule only.
  if (row.kind !== 'set') {
    try {
      const found = occurrences(row, row.kind === 'zone' ? 30 : 10);
      if (JSON.stringify(found) !== JSON.stringify(row.dateutil)) row.temporal = found;
    } catch {
      row.temporal = null;
    }
  } else {
    row.temporal = null;
  }
  console.log(JSON.stringify(row));
}
