import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LiveRegion } from "./LiveRegion";
import { lazilyAtLast } from "./lazily";
import { Toasts } from "./Toasts";

const Tooltips = lazilyAtLast(() => import("./Tooltips").then((module) => module.Tooltips));

/** What the components here need around them, and the places of toasts and announcements. */
export function UiProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation("ui");
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={i18n.dir()}>
        {children}
        <Toasts />
        <LiveRegion />
        <Tooltips />
      </DirectionProvider>
    </CSPProvider>
  );
}
