import i18next from "i18next";
import type { Notice } from "../sync/notice";
import { showToast } from "../ui/toastStore";

export function announce(notice: Notice): void {
  switch (notice.kind) {
    case "done":
      showToast({ tone: "plain", message: notice.label, actions: [{ label: i18next.t("ui:undo"), run: notice.undo }] });
      return;
    case "early":
      showToast({ tone: "plain", message: i18next.t("nav:notice.early") });
      return;
    case "conflict":
      showToast({ tone: "error", message: i18next.t("nav:notice.notDone", { label: notice.label, why: i18next.t("nav:attention.conflict") }) });
      return;
    case "refused":
      showToast({ tone: "error", message: i18next.t("nav:notice.notDone", { label: notice.label, why: notice.message }) });
  }
}

export function offerVersion(load: () => void): void {
  showToast({ tone: "reminder", message: i18next.t("nav:newVersion"), actions: [{ label: i18next.t("nav:loadIt"), run: load }] });
}
