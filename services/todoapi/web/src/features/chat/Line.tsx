import { type KeyboardEvent, type Ref, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useViewer } from "../../store/hooks";
import { cx } from "../../ui/cx";
import { IconButton } from "../../ui/IconButton";
import { OfflineIcon } from "../../ui/icons";
import { MicrophoneIcon, SendIcon } from "../../ui/moreIcons";
import { TextArea } from "../../ui/TextArea";
import styles from "./chat.module.css";
import { recall } from "./recall";
import { useVoice } from "./useVoice";

/** The longest that can be said at once. */
const longest = 2000;

interface LineProps {
  ref: Ref<HTMLTextAreaElement>;
  text: string;
  /** What was said before, the last first. */
  said: readonly string[];
  offline: boolean;
  /** Something was said and is not answered yet. */
  busy: boolean;
  onType: (text: string) => void;
  /** Returns whether it could be said. */
  onSay: (text: string) => boolean;
}

/** Where a person says something: by keys or, where the browser writes it down, by voice. */
export function Line({ ref, text, said, offline, busy, onType, onSay }: LineProps) {
  const { t } = useTranslation("chat");
  const { locale } = useViewer();
  const [recalled, setRecalled] = useState<number | null>(null);
  const before = useRef("");
  const canSay = !offline && !busy && text.trim() !== "";

  const type = (next: string) => {
    setRecalled(null);
    onType(next);
  };
  const voice = useVoice(locale, (words) => type([before.current, words].filter(Boolean).join(" ").slice(0, longest)));
  const send = () => {
    voice?.leave();
    if (canSay && onSay(text.trim())) type("");
  };
  const step = (direction: "back" | "forth") => {
    const next = recall(said, { at: recalled, text }, direction);
    if (!next) return false;
    setRecalled(next.at);
    onType(next.text);
    return true;
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) send();
    else if (!(event.key === "ArrowUp" && plain && step("back")) && !(event.key === "ArrowDown" && plain && step("forth"))) return;
    event.preventDefault();
  };

  return (
    <form
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {offline && (
        <p className={styles.note} role="status">
          <OfflineIcon />
          {t("offline")}
        </p>
      )}
      {voice?.failed && (
        <p className={styles.note} role="alert">
          <MicrophoneIcon />
          {t("notHeard")}
        </p>
      )}
      <div className={cx(styles.field, offline && styles.off)}>
        {/* Read-only: what is typed can still be read, and the focus stays. */}
        <TextArea
          ref={ref}
          plain
          data-chat-line
          aria-label={t("say")}
          placeholder={t(voice?.listening ? "listening" : "say")}
          className={styles.words}
          maxLength={longest}
          readOnly={offline}
          aria-disabled={offline || undefined}
          enterKeyHint="send"
          autoComplete="off"
          value={text}
          onChange={(event) => {
            voice?.leave();
            type(event.target.value);
          }}
          onKeyDown={press}
        />
        {voice && (
          <IconButton
            size="small"
            label={t(voice.listening ? "stopVoice" : "voice")}
            pressed={voice.listening}
            className={cx(voice.listening && styles.listening)}
            disabled={offline}
            onClick={() => {
              before.current = text.trim();
              voice.toggle();
            }}
          >
            <MicrophoneIcon />
          </IconButton>
        )}
        <IconButton type="submit" size="small" variant="primary" label={t("send")} keys="Enter" className={styles.send} aria-disabled={!canSay}>
          <SendIcon />
        </IconButton>
      </div>
    </form>
  );
}
