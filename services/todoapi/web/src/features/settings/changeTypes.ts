/** The types of changes that a webhook can be for, by what they are about (services/internal/events/registry.go). */
export const changeTypes = {
  task: ["created", "updated", "completed", "reopened", "deleted", "restored"],
  project: ["created", "updated", "deleted", "restored"],
  section: ["created", "updated", "deleted", "restored"],
  tag: ["created", "updated", "deleted"],
  filter: ["created", "updated", "deleted"],
  comment: ["created", "updated", "deleted"],
  settings: ["updated"],
  session: ["created", "ended"],
  token: ["created", "revoked"],
  webhook: ["created", "updated", "deleted"],
  account: [
    "created",
    "verified",
    "verification_requested",
    "password_changed",
    "password_reset_requested",
    "email_change_requested",
    "email_changed",
    "calendar_opened",
    "calendar_closed",
    "sign_in_failed",
    "exported",
    "disabled",
    "enabled",
    "quota_changed",
    "owner_added",
    "owner_removed",
    "deleted",
  ],
} as const;

export type Entity = keyof typeof changeTypes;
export const entities = Object.keys(changeTypes) as Entity[];

/** Stands for everything, of now and of later. */
export const everything = "*";

export const allOf = (entity: Entity) => `${entity}.*`;

export function typesOf(entity: Entity): string[] {
  return changeTypes[entity].map((verb) => `${entity}.${verb}`);
}

/** Whether what is chosen covers a type. */
export function covers(chosen: readonly string[], type: string): boolean {
  const entity = type.slice(0, type.indexOf("."));
  return chosen.includes(everything) || chosen.includes(`${entity}.*`) || chosen.includes(type);
}

/** How many of the types of an entity are covered. */
export function extentOf(chosen: readonly string[], entity: Entity): "none" | "some" | "all" {
  if (covers(chosen, allOf(entity))) return "all";
  return typesOf(entity).some((type) => chosen.includes(type)) ? "some" : "none";
}

/** The choice with one type switched on or off. What stood for several types falls apart into the others. */
export function withType(chosen: readonly string[], type: string, on: boolean): string[] {
  const entity = entities.find((one) => type.startsWith(`${one}.`));
  if (entity === undefined) return [...chosen];
  const own = typesOf(entity).filter((one) => (one === type ? on : covers(chosen, one)));
  return [...withEntity(chosen, entity, false), ...own];
}

/** The choice with all or nothing of an entity. */
export function withEntity(chosen: readonly string[], entity: Entity, on: boolean): string[] {
  const apart = chosen.includes(everything) ? entities.map(allOf) : chosen;
  const others = apart.filter((one) => !one.startsWith(`${entity}.`));
  return on ? [...others, allOf(entity)] : others;
}
