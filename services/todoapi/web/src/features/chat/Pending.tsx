import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { WarningIcon } from "../../ui/icons";
import { RefreshIcon } from "../../ui/moreIcons";
import styles from "./chat.module.css";
import { withoutIds } from "./prose";
import { OwnWords, Words } from "./Said";
import type { Fault, Saying } from "./talk";

interface PendingProps {
  saying: Saying;
  answer: string;
  fault: Fault | null;
  onAgain: () => void;
  onTakeBack: () => void;
}

/** What was said last, with as much of the answer as has come, or why there is none. */
export function Pending({ saying, answer, fault, onAgain, onTakeBack }: PendingProps) {
  const { t } = useTranslation("chat");
  return (
    <>
      <OwnWords text={saying.text} />
      <li className={styles.answer}>
        {fault ? (
          <div className={styles.fault} role="alert">
            <WarningIcon />
            <p>{fault.message === "" ? t("lost") : fault.message}</p>
            {fault.refused ? (
              <Button size="small" onClick={onTakeBack}>
                {t("takeBack")}
              </Button>
            ) : (
              <Button size="small" icon={<RefreshIcon />} onClick={onAgain}>
                {t("again")}
              </Button>
            )}
          </div>
        ) : answer === "" ? (
          <p className={styles.thinking} role="status" aria-label={t("thinking")}>
            <span />
            <span />
            <span />
          </p>
        ) : (
          <Words text={withoutIds(answer)} />
        )}
      </li>
    </>
  );
}
