/** Routes as written: what is refused, what is warned of, what is inherited. */
import { expect } from "expect";
import { readDocument } from "../load/document.ts";
import { isFields } from "../model/value.ts";
import { compileRoutes } from "./compile.ts";

function compiled(yaml: string, sinks: readonly string[] = ["slack", "mail", "pager"]) {
  const value = readDocument(yaml, () => {});
  const routes = (Array.isArray(value) ? value : []).filter(isFields);
  return compileRoutes({ routes, sinks, file: "vigie.yaml" });
}

function faults(yaml: string) {
  return compiled(yaml).problems.map(({ code, path, message, help }) => [code, path.join("."), message, help]);
}

Deno.test("a node has the settings of the node above unless it says otherwise", () => {
  const { tree, problems } = compiled(`
- sinks: [slack]
  group_by: [alert.rule, alert.labels.team]
  first_notice_after: 30s
  budget: { max: 20, every: 1h }
  routes:
    - match: alert.severity == "critical"
      sinks: pager
      remind_every: 4h
    - match: alert.pack == "iot"
      group_by: []
`);
  expect(problems).toEqual([]);
  const [top] = tree;
  const [critical, iot] = top?.routes ?? [];
  expect(critical).toMatchObject({
    sinks: ["pager"],
    label: 'alert.severity == "critical"',
    policy: { grouping: { firstNoticeAfter: 30_000, updateAtMostEvery: 0, remindEvery: 14_400_000 } },
  });
  expect(critical?.policy.grouping?.by?.map(({ name }) => name)).toEqual(["rule", "labels.team"]);
  expect(iot).toMatchObject({
    sinks: ["slack"],
    policy: { grouping: { by: [] }, budget: { max: 20, every: 3_600_000 } },
  });
});

Deno.test("a sink that nobody defines, an unknown field and a route to nowhere are errors at their place", () => {
  expect(faults(`
- match: alert.severty == "high"
  sinks: [slak]
- match: alert.rule == "x"
`)).toEqual([
    [expect.any(String), "routes.0.match", expect.stringContaining("severty"), expect.stringContaining("severity")],
    ["V130", "routes.0.sinks.0", 'No sink is named "slak"', 'did you mean "slack"?'],
    ["V132", "routes.1", "The route names no sinks and inherits none", expect.any(String)],
  ]);
});

Deno.test("a route behind one that takes all it could take is a warning", () => {
  const found = compiled(`
- match: alert.pack == "iot"
  sinks: [slack]
- match: alert.pack == "iot"
  sinks: [mail]
- match: 'false'
  sinks: [mail]
- sinks: [slack]
  routes:
    - continue: true
      sinks: [mail]
    - sinks: [pager]
    - match: alert.kind == "join"
- match: alert.kind == "filter"
  sinks: [mail]
`).problems.filter(({ code }) => code === "V131");
  expect(found.map(({ severity, path, message }) => [severity, path.join("."), message])).toEqual([
    ["warning", "routes.1", 'No alert reaches this route: the route routes[0] takes all of `alert.pack == "iot"`'],
    ["warning", "routes.2", "No alert reaches this route: its condition never holds"],
    ["warning", "routes.3.routes.2", "No alert reaches this route: the route routes[3].routes[1] takes everything"],
    ["warning", "routes.4", "No alert reaches this route: the route routes[3] takes everything"],
  ]);
});

Deno.test("mutes name times and a time zone that exist, and end some time", () => {
  expect(faults(`
- sinks: [slack]
  mute:
    - { from: "25:00", to: "07:00", timezone: Europe/Paris }
    - { timezone: Europe/Pari }
- sinks: [mail]
  match: alert.pack == "x"
  mute: [{ timezone: UTC }]
`)).toEqual(expect.arrayContaining([
    ["V134", "routes.0.mute.0.from", 'No time of day: "25:00"', expect.any(String)],
    ["V134", "routes.0.mute.1.timezone", "Unknown time zone: Europe/Pari", "did you mean Europe/Paris?"],
    ["V134", "routes.1.mute", "The mutes never end", expect.any(String)],
  ]));
});

Deno.test("edits of times and sinks leave a node its id, an edit of its condition does not", () => {
  const ids = (yaml: string) => compiled(yaml).tree.map(({ id }) => id);
  const before = ids(`[{ match: alert.pack == "a", sinks: [slack] }, { sinks: [mail] }]`);
  expect(ids(`[{ sinks: [pager] }, { match: '(alert.pack == "a")', sinks: [mail], remind_every: 1h }]`)).toEqual([
    before[1],
    before[0],
  ]);
  expect(ids(`[{ match: alert.pack == "b", sinks: [slack] }]`)).not.toEqual([before[0]]);
});
