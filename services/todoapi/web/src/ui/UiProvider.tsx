import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LiveRegion } from "./LiveRegion";
import { Toasts } from "./Toasts";

/** What the components here need around them, and the places of toasts and announcements. */
export function UiProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation("ui");
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={i18n.dir()}>
        <Tooltip.Provider delay={500}>
          {children}
          <Toasts />
          <LiveRegion />
        </Tooltip.Provider>
      </DirectionProvider>
    </CSPProvider>
  );
}
