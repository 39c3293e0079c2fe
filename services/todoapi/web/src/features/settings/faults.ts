import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, NetworkError } from "../../api/http";

/** What is wrong with a form: by its fields, and what concerns none of them. */
export interface Faults<Field extends string> {
  fields: Partial<Record<Field, string>>;
  rest?: string;
}

/** A remark of the server's as a sentence: "must be one line" → "Must be one line." */
export function sentenceOf(remark: string): string {
  const text = remark.trim();
  if (text === "") return text;
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/**
 * Sorts what the server said about a request by the fields of the form that it came from. Remarks on
 * a part of a field, such as body.types[2], are remarks on the field.
 */
export function remarksOf<Field extends string>(error: ApiError, fields: readonly Field[]): Faults<Field> {
  const known: Partial<Record<Field, string>> = {};
  const others: string[] = [];
  for (const [location, remark] of error.fields) {
    const name = /^body\.(\w+)/.exec(location)?.[1];
    const field = fields.find((one) => one === name);
    if (field === undefined) others.push(sentenceOf(`${name ?? location} ${remark}`));
    else known[field] ??= sentenceOf(remark);
  }
  if (error.fields.size === 0) return { fields: {}, rest: sentenceOf(error.message) };
  return { fields: known, ...(others[0] !== undefined && { rest: others[0] }) };
}

/** Says in a sentence why something could not be done. */
export function useExplain(): (error: unknown) => string {
  const { t } = useTranslation("settings");
  return useCallback(
    (error) => {
      if (error instanceof NetworkError) return t("fault.network");
      if (!(error instanceof ApiError)) return t("fault.unknown");
      if (error.status === 429) return t("fault.limited", { count: Math.max(1, Math.ceil(error.retryAfterMs / 60_000)) });
      if (error.status >= 500) return t("fault.server");
      return sentenceOf(error.message);
    },
    [t],
  );
}

/** Fields that prove who somebody is: all that can be wrong with them is that they are not the password. */
const passwords: readonly string[] = ["password", "current"];

/** Says what is wrong with a form after the server has refused it. */
export function useFaults<Field extends string>(fields: readonly Field[]): (error: unknown) => Faults<Field> {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  return (error) => {
    if (!(error instanceof ApiError) || error.status !== 422) return { fields: {}, rest: explain(error) };
    const faults = remarksOf(error, fields);
    for (const field of fields) {
      if (passwords.includes(field) && faults.fields[field] !== undefined) faults.fields[field] = t("fault.password");
    }
    return faults;
  };
}
