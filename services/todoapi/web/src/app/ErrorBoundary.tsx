import { Component, type ReactNode } from "react";
import { FullPageNote } from "../ui/FullPageNote";

/** Catches defects of the page itself, so that a person sees more than an empty screen. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <FullPageNote
        title="Something broke on this page"
        text="Your tasks are safe on the server."
        action={{ label: "Load the page again", run: () => window.location.reload() }}
      />
    );
  }
}
