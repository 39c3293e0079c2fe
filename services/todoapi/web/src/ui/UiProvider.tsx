import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactNode } from "react";
import { LiveRegion } from "./LiveRegion";
import { Toasts } from "./Toasts";
import { useDirection } from "./useDirection";

/** What the components here need around them, and the places of toasts and announcements. */
export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={useDirection()}>
        <Tooltip.Provider delay={500}>
          {children}
          <Toasts />
          <LiveRegion />
        </Tooltip.Provider>
      </DirectionProvider>
    </CSPProvider>
  );
}
