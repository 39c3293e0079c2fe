import "@fontsource-variable/inter/wght.css";
import "../ui/reset.css";
import "../ui/tokens.css";
import { speak } from "../i18n/i18n";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyAppearance } from "../ui/appearance";
import { watchInstall } from "../ui/install";
import { UiProvider } from "../ui/UiProvider";
import { App } from "./App";
import { ErrorBoundary } from "./ErrorBoundary";
import { offerVersion } from "./notices";

applyAppearance();
watchInstall();
// Until it is known what language the person has chosen, that of the link that they were sent, or of the
// browser; if it cannot be loaded, English.
speak(new URLSearchParams(location.search).get("locale") ?? navigator.language).catch(() => undefined);

// Without it each visit loads the newest version.
import("./version").then(({ watchVersion }) => watchVersion(offerVersion)).catch(() => undefined);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <UiProvider>
      <ErrorBoundary>
        <App />
      </ErrorBoundary>
    </UiProvider>
  </StrictMode>,
);
