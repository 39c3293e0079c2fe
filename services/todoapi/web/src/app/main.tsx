import "@fontsource-variable/inter/wght.css";
import "../ui/layers.css";
import "../ui/reset.css";
import "../ui/tokens.css";
import "../ui/legacy/legacy.css";
import "../i18n/i18n";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { UiProvider } from "../ui/UiProvider";
import { App } from "./App";
import { ErrorBoundary } from "./ErrorBoundary";

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
