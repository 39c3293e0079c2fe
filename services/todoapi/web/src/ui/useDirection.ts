import { useTranslation } from "react-i18next";

/** The direction in which the page is written. */
export function useDirection(): "ltr" | "rtl" {
  useTranslation("ui"); // the direction is that of the language
  return document.documentElement.dir === "rtl" ? "rtl" : "ltr";
}
