import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { guestOperations } from "../../api/guestOperations";
import { client } from "../../api/http";
import type * as Api from "../../api/generated/types.gen.ts";
import { describeDue, dayOf, timeOf } from "../../time/due";
import { FullPageNote } from "../../ui/FullPageNote";
import { readLink } from "./answer";
import { whyNot } from "./whyNot";
import "./texts";

type State = { failed: unknown } | { told: Api.Told; step: "asking" | "busy" | "done" };

/**
 * Where the links in a reminder lead. It does nothing before a person says so: mail servers open
 * links, too.
 */
export function AnswerPage({ token: link, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation("session");
  const [state, setState] = useState<State | null>(null);
  const [body] = useState(() => readLink(link));
  const fail = (failed: unknown) => setState({ failed });
  useEffect(() => {
    client.plain(guestOperations.readReminderLink, { body }).then((told) => setState({ told, step: "asking" }), fail);
  }, [body]);
  const leave = { label: t("toTasks"), run: onDone };
  if (state === null) return <div className="splash" role="status" />;
  if ("failed" in state) return <FullPageNote title={t("answer.failed")} text={whyNot(state.failed, t)} action={leave} />;

  const { told, step } = state;
  const { title, until, zone, locale } = told;
  if (step !== "done" && told.state !== "open") return <FullPageNote title={t(`answer.${told.state}`)} text={t(`answer.${told.state}Text`, { title })} action={leave} />;
  const kind = until === null ? "complete" : "snooze";
  const at = new Date(until ?? 0);
  const words = until === null ? "" : describeDue({ date: dayOf(at, zone), time: timeOf(at, zone) }, { now: new Date(), zone, locale });
  if (step === "done") return <FullPageNote title={t(`answer.${kind}Done`)} text={t(`answer.${kind}DoneText`, { title, until: words })} action={leave} />;
  const run = () => {
    setState({ told, step: "busy" });
    client.plain(guestOperations.answerReminder, { body }).then((done) => setState({ told: done, step: "done" }), fail);
  };
  const busy = step === "busy";
  return (
    <FullPageNote title={t(`answer.${kind}`)} text={t(`answer.${kind}Text`, { title, until: words })} action={{ label: busy ? t("moment") : t(`answer.${kind}Button`), run, busy }} />
  );
}
