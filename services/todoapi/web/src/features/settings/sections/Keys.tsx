import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind, bindingsOf, type Changes, clashOf, resetKeys, switchSingleKeys, useKeyChanges } from "../../../commands/bindings";
import { catalogue, type Command, type CommandId, fixedKeys, groups } from "../../../commands/catalogue";
import { Button } from "../../../ui/Button";
import { Kbd } from "../../../ui/Kbd";
import { Switch } from "../../../ui/Switch";
import { showToast } from "../../../ui/toastStore";
import { VisuallyHidden } from "../../../ui/VisuallyHidden";
import { isTaken, mayGoOn, pressWords } from "../keyRecorder";
import { FormDialog, Group, Note } from "../parts";
import styles from "../settings.module.css";
import "../../../commands/texts";

const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Which keys do what, on this device. */
export function Keys() {
  const { t } = useTranslation(["settings", "commands"]);
  const changes = useKeyChanges();
  const [asked, setAsked] = useState<Command | null>(null);
  const reset = () => {
    resetKeys();
    showToast({ tone: "plain", message: t("keys.wasReset") });
  };
  return (
    <>
      <Group title={t("keys.single")}>
        <div className={styles.switchRow}>
          <Switch label={t("commands:singleKeys")} detail={t("commands:singleKeysDetail")} checked={changes.singleKeys} onChange={switchSingleKeys} />
        </div>
      </Group>
      {groups.map((group, at) => (
        <Group
          key={group}
          title={t(`commands:group.${group}`)}
          {...(at === 0 && {
            text: t("keys.text"),
            actions: (
              <Button size="small" disabled={Object.keys(changes.keys).length === 0 && changes.singleKeys} onClick={reset}>
                {t("keys.reset")}
              </Button>
            ),
          })}
        >
          <ul>
            {catalogue
              .filter((command) => command.group === group)
              .map((command) => (
                <li key={command.id} className={styles.keyRow}>
                  <KeyWords command={command} changes={changes} />
                  <KeyButton command={command} changes={changes} onAsk={() => setAsked(command)} />
                </li>
              ))}
            {group === "list" &&
              fixedKeys.map(({ id, keys }) => (
                <li key={id} className={styles.keyRow}>
                  <span className={styles.keyWords}>{t(`commands:${id}`)}</span>
                  <span className={styles.fixedKeys}>
                    <Kbd keys={keys} />
                  </span>
                </li>
              ))}
          </ul>
        </Group>
      ))}
      {asked && <KeyDialog key={asked.id} command={asked} changes={changes} onClose={() => setAsked(null)} />}
    </>
  );
}

interface CommandProps {
  command: Command;
  changes: Changes;
}

function KeyWords({ command, changes }: CommandProps) {
  const { t } = useTranslation(["settings", "commands"]);
  const kept = changes.keys[command.id];
  return (
    <span className={styles.keyWords}>
      {t(`commands:${command.id}`)}
      {kept !== undefined && kept !== command.keys && <span className={styles.changed}>{t("keys.changed")}</span>}
    </span>
  );
}

function KeyButton({ command, changes, onAsk }: CommandProps & { onAsk: () => void }) {
  const { t } = useTranslation(["settings", "commands"]);
  const keys = bindingsOf(changes).get(command.id);
  const name = t(`commands:${command.id}`);
  return (
    <button type="button" className={styles.keyButton} onClick={onAsk}>
      <VisuallyHidden>{t("keys.change", { name })}</VisuallyHidden>
      {keys === undefined ? t("keys.none") : <Kbd keys={keys} />}
    </button>
  );
}

/** How soon two presses come that belong together. */
const togetherMs = 1_200;

interface KeyDialogProps extends CommandProps {
  onClose: () => void;
}

/** Takes down the keys that somebody presses for a command. */
function KeyDialog({ command, changes, onClose }: KeyDialogProps) {
  const { t } = useTranslation(["settings", "commands"]);
  const name = t(`commands:${command.id}`);
  const now = changes.keys[command.id] ?? command.keys;
  const [keys, setKeys] = useState(now);
  // When the last press came, for another one soon after it belongs to it.
  const [pressedAt, setPressedAt] = useState(-Infinity);
  const [taken, setTaken] = useState(false);
  const clash = keys === "" ? undefined : clashOf(command.id, keys, changes);
  const nameOf = (id: CommandId) => t(`commands:${id}`);

  const record = (event: KeyboardEvent) => {
    const press = pressWords({ ...fieldsOf(event), altGraph: event.getModifierState("AltGraph") }, apple);
    if (press === null) return;
    // These lead through the dialog, and out of it.
    if (["Tab", "Shift+Tab", "Escape", "Enter"].includes(press)) return;
    event.preventDefault();
    if (press === "Backspace" || press === "Delete") {
      setKeys("");
      return;
    }
    setTaken(isTaken(press));
    if (isTaken(press)) return;
    const follows = event.timeStamp - pressedAt < togetherMs && mayGoOn(keys) && mayGoOn(press);
    setPressedAt(event.timeStamp);
    setKeys(follows ? `${keys} ${press}` : press);
  };
  const save = () => {
    if (clash !== undefined) bind(clash, "");
    bind(command.id, keys);
    onClose();
  };
  return (
    <FormDialog open onClose={onClose} title={t("keys.dialog", { name })} submit={clash === undefined ? t("save") : t("keys.takeOver")} onSubmit={save}>
      <div
        className={styles.recorder}
        // The dialog opens to press keys here.
        ref={focusAtFirst}
        tabIndex={0}
        role="application"
        aria-label={t("keys.press")}
        onKeyDown={(event) => {
          if (event.key !== "Enter") {
            record(event);
            return;
          }
          // It would press the button that has the focus once the dialog is gone.
          event.preventDefault();
          save();
        }}
      >
        {keys === "" ? <span>{t("keys.none")}</span> : <Kbd keys={keys} />}
        <span>{t("keys.press")}</span>
      </div>
      {taken && <Note tone="warn">{t("keys.taken")}</Note>}
      {clash !== undefined && <Note tone="warn">{t("keys.clash", { name: nameOf(clash) })}</Note>}
      <div className={styles.actions}>
        {command.keys !== keys && (
          <Button size="small" onClick={() => setKeys(command.keys)}>
            {command.keys === "" ? t("keys.remove") : t("keys.usual")}
          </Button>
        )}
        {keys !== "" && command.keys !== "" && (
          <Button size="small" onClick={() => setKeys("")}>
            {t("keys.remove")}
          </Button>
        )}
      </div>
    </FormDialog>
  );
}

function focusAtFirst(element: HTMLElement | null): void {
  // After the dialog has put the focus on its first button.
  if (element) requestAnimationFrame(() => element.focus());
}

function fieldsOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) {
  return { key, code, ctrlKey, metaKey, altKey, shiftKey };
}
