import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import type { ReactNode } from "react";
import { LiveRegion } from "./LiveRegion";
import { lazilyAtLast } from "./lazily";
import { Toasts } from "./Toasts";
import { useDirection } from "./useDirection";

const Tooltips = lazilyAtLast(() => import("./Tooltips").then((module) => module.Tooltips));

/** What the components here need around them, and the places of toasts and announcements. */
export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={useDirection()}>
        {children}
        <Toasts />
        <LiveRegion />
        <Tooltips />
      </DirectionProvider>
    </CSPProvider>
  );
}
