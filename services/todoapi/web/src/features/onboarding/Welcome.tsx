import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import { useStore, useTable, useZone } from "../../store/hooks";
import { asksServer } from "../../sync/asksServer";
import { useAct } from "../../sync/hooks";
import { dayOf } from "../../time/due";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { TodayIcon } from "../../ui/icons";
import { pressesOf } from "../../ui/keys";
import { useMedia } from "../../ui/useMedia";
import "./texts";
import { isUntouched, mostChanges, steps, tour } from "./tour";
import styles from "./onboarding.module.css";

/** Greets whoever has never had a task; others see what is usually there. */
export const Welcome = asksServer(function Welcome({ otherwise }: { otherwise: ReactNode }) {
  return useNewcomer() ? <Offer /> : otherwise;
});

/** Nothing is put into an account unasked: the tasks to try things with come when they are wanted. */
function Offer() {
  const { t } = useTranslation("onboarding");
  const navigate = useNavigate();
  const act = useAct();
  const zone = useZone();
  const means = useMedia("(pointer: coarse)") ? "touch" : "keys";
  const keys = pressesOf("$mod+k").flat().join(" ");
  const start = () => act(tour(steps.map((step) => t(`${means}.${step}`, { keys })), dayOf(new Date(), zone)), t("added"));
  return (
    <EmptyState
      icon={<TodayIcon />}
      title={t("title")}
      text={t("text")}
      action={
        <div className={styles.actions}>
          <Button variant="primary" onClick={start}>
            {t("start")}
          </Button>
          <Button variant="quiet" onClick={() => void navigate({ to: "/settings/$section", params: { section: "import" } })}>
            {t("import")}
          </Button>
        </div>
      }
    />
  );
}

/** Whether this account has never had a task. The server alone knows: tasks that were deleted are no part of the store. */
function useNewcomer(): boolean {
  const store = useStore();
  const head = useSyncExternalStore(store.subscribe, () => store.state.head);
  const isEmpty = useTable("tasks").size === 0;
  const { data } = useQuery({
    queryKey: ["untouched", head],
    enabled: isEmpty && head <= mostChanges,
    staleTime: Infinity,
    queryFn: async () => isUntouched((await client.call(operations.listChanges, { query: { after: 0, limit: mostChanges } })).items),
  });
  return isEmpty && data === true;
}
