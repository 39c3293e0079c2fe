import type { TFunction } from "i18next";
import { ApiError } from "../../api/http";

/** Why a link does not do what it was sent for, in words for whoever follows it. */
export function whyNot(error: unknown, t: TFunction<"session">): string {
  if (error instanceof ApiError && error.status === 410) return t("answer.expired");
  if (error instanceof ApiError && error.status === 422) return t("answer.unknown");
  return error instanceof Error ? error.message : String(error);
}
