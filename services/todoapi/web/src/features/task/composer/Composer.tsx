import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Priority } from "../../../api/types";
import { useEntities, useEntity, useStore, useViewer } from "../../../store/hooks";
import type { Store } from "../../../store/store";
import { asksServer } from "../../../sync/asksServer";
import { dayOf } from "../../../time/due";
import { announce } from "../../../ui/announce";
import { Button } from "../../../ui/Button";
import { ColourDot } from "../../../ui/ColourDot";
import { Dialog } from "../../../ui/Dialog";
import { BellIcon, CalendarIcon, CloseIcon, DeadlineIcon, InboxIcon, RepeatIcon } from "../../../ui/icons";
import { Menu } from "../../../ui/Menu";
import { ClockIcon } from "../../../ui/moreIcons";
import { Popover } from "../../../ui/Popover";
import { VisuallyHidden } from "../../../ui/VisuallyHidden";
import type { Place } from "../list/items";
import { DayPicker } from "../pickers/DayPicker";
import { PriorityFlag, PriorityItems } from "../pickers/PriorityItems";
import { ProjectPicker } from "../pickers/ProjectPicker";
import { wordsLocale } from "../previews";
import { useEdit } from "../useEdit";
import { useWords } from "../useWords";
import { actOfLine, linesAct, type Said } from "./adding";
import styles from "./Composer.module.css";
import { complete, type Suggestion, suggestionsFor, type Token, tokenAt } from "./completion";
import { MarkedText } from "./MarkedText";
import { PasteQuestion } from "./PasteQuestion";
import { type Chip, type Line, linesOf, moveRanges, pieceAt, priorityWord, type Range, rangeOf, say } from "./quickAdd";
import { Suggestions } from "./Suggestions";
import { type Understood, useUnderstood } from "./useUnderstood";

/** The longest line, in characters. */
const longest = 1000;

const emptyLine: Line = { text: "", dismissed: [] };

/** Lines that were begun and left, by where they are typed: they are there again when somebody comes back. */
const begun = new WeakMap<Store, Map<string, Line>>();

interface ComposerProps {
  /** Where tasks go that do not say it themselves. */
  place: Place;
  /** The person wants to be rid of it. */
  onClose?: () => void;
  label?: string;
}

/** The line that adds tasks: all of a task is typed in one line, which shows what is understood of it. */
export const Composer = asksServer(function Composer({ place: given, onClose, label }: ComposerProps) {
  const { t } = useTranslation("task");
  const edit = useEdit();
  const store = useStore();
  const known = useEntities();
  const viewer = useViewer();
  const [place, setPlace] = useState(given);
  const [line, setLine] = useBegunLine(store, JSON.stringify(given));
  const [pasted, setPasted] = useState<string | null>(null);
  const [token, setToken] = useState<Token | null>(null);
  const [at, setAt] = useState(0);
  const area = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const understood = useUnderstood(line);
  const suggestions = token ? suggestionsFor(token, known, place.projectId ?? null) : [];

  const type = (text: string, caret: number) => {
    setLine({ text, dismissed: moveRanges(line.dismissed, line.text, text) });
    setToken(tokenAt(text, caret));
    setAt(0);
  };

  const dismiss = (pieces: readonly Range[]) => {
    setLine({ ...line, dismissed: [...line.dismissed, ...pieces] });
    area.current?.focus();
  };

  const take = (suggestion: Suggestion) => {
    if (!token) return;
    const { text, caret } = complete(line.text, token, suggestion);
    type(text, caret);
    setToken(null);
    requestAnimationFrame(() => area.current?.setSelectionRange(caret, caret));
  };

  const said = (): Said => ({ now: new Date(), zone: viewer.zone, locale: wordsLocale(viewer.locale) });

  const submit = () => {
    if (line.text.trim() === "") return;
    edit([actOfLine(line, understood.read, place, known, said())]);
    announce(t("added", { title: understood.read?.title ?? line.text }));
    setLine(emptyLine);
    setToken(null);
    area.current?.focus();
  };

  const addPasted = (text: string) => {
    edit([linesAct({ text, dismissed: [] }, place, said())], t("done.added", { count: linesOf(text).length }));
    setPasted(null);
    setLine(emptyLine);
  };

  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const { selectionStart, selectionEnd } = event.currentTarget;
    const behind = selectionStart === selectionEnd && event.key === "Backspace" ? pieceAt(understood.marks, selectionStart, true) : undefined;
    const open = suggestions.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      setAt((at + (event.key === "ArrowDown" ? 1 : suggestions.length - 1)) % suggestions.length);
    } else if (open && (event.key === "Enter" || event.key === "Tab")) {
      const suggestion = suggestions[at];
      if (suggestion) take(suggestion);
    } else if (open && event.key === "Escape") {
      setToken(null);
    } else if (event.key === "Escape" && onClose) {
      onClose();
    } else if (event.key === "Enter") {
      submit();
    } else if (behind) {
      dismiss([behind]); // the words stay, as words
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** A click on a mark says that it is not what was meant. */
  const click = () => {
    const { selectionStart, selectionEnd } = area.current ?? { selectionStart: 0, selectionEnd: 1 };
    const piece = selectionStart === selectionEnd ? pieceAt(understood.marks, selectionStart, false) : undefined;
    if (piece) dismiss([piece]);
  };

  if (pasted !== null) {
    return (
      <div className={styles.composer}>
        <PasteQuestion
          text={pasted}
          onAdd={() => addPasted(pasted)}
          onJoin={() => {
            setPasted(null);
            setLine({ text: linesOf(pasted).join(" ").slice(0, longest), dismissed: [] });
          }}
          onCancel={() => setPasted(null)}
        />
      </div>
    );
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <MarkedText
        ref={area}
        aria-label={label ?? t("newTask")}
        placeholder={t("placeholder")}
        maxLength={longest}
        autoFocus
        value={line.text}
        marks={understood.marks}
        onType={type}
        onPasteLines={setPasted}
        onKeyDown={press}
        onClick={click}
        onBlur={() => setToken(null)}
        aria-autocomplete="list"
        aria-controls={list}
        aria-activedescendant={suggestions[at] ? `${list}-${at}` : undefined}
      />
      <Suggestions id={list} suggestions={suggestions} at={at} onTake={take} />
      <Chips chips={understood.chips} onDismiss={(chip) => dismiss(chip.spans.map(rangeOf))} />
      <div className={styles.foot}>
        <Controls place={place} understood={understood} onPlace={setPlace} onSay={(kinds, words) => type(say(line.text, pieceOf(understood, kinds), words), line.text.length)} />
        <span className={styles.end}>
          {onClose && (
            <Button variant="quiet" size="small" onClick={onClose}>
              {t("cancel")}
            </Button>
          )}
          <Button type="submit" variant="primary" size="small" disabled={line.text.trim() === ""}>
            {t("addTask")}
          </Button>
        </span>
      </div>
    </form>
  );
});

function useBegunLine(store: Store, key: string): [Line, (line: Line) => void] {
  const [line, setLine] = useState(() => begunIn(store).get(key) ?? emptyLine);
  useEffect(() => {
    if (line.text === "") begunIn(store).delete(key);
    else begunIn(store).set(key, line);
  }, [store, key, line]);
  return [line, setLine];
}

function begunIn(store: Store): Map<string, Line> {
  const lines = begun.get(store) ?? new Map<string, Line>();
  begun.set(store, lines);
  return lines;
}

/** The words of the line that say a day or the priority. */
function pieceOf({ task, marks }: Understood, kind: string): Range | undefined {
  const kinds = task?.spans.map((span) => span.kind) as readonly string[] | undefined;
  return kinds?.length === marks.length ? marks[kinds.indexOf(kind)] : undefined;
}

const icons: Record<Chip["kind"], ReactNode> = { due: <CalendarIcon />, recurrence: <RepeatIcon />, reminder: <BellIcon />, deadline: <DeadlineIcon />, duration: <ClockIcon /> };

/** What the marks mean, each with a way to say "not this one". */
function Chips({ chips, onDismiss }: { chips: readonly Chip[]; onDismiss: (chip: Chip) => void }) {
  const { t } = useTranslation("task");
  const words = chips.map((chip) => chip.words);
  return (
    <>
      <VisuallyHidden>
        <span role="status">{words.length > 0 && t("understood", { words })}</span>
      </VisuallyHidden>
      {chips.length > 0 && (
        <ul className={styles.chips} aria-label={t("understoodLabel")}>
          {chips.map((chip) => (
            <li key={`${chip.kind} ${chip.spans[0]?.startUTF16}`} className={styles.chip}>
              {icons[chip.kind]}
              <span className={styles.words}>{chip.words}</span>
              <button type="button" aria-label={t("keepAsText", { text: chip.spans.map(({ text }) => text).join(" ") })} onClick={() => onDismiss(chip)}>
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface ControlsProps {
  place: Place;
  understood: Understood;
  onPlace: (place: Place) => void;
  /** Says something in the line, in place of the words of that kind. */
  onSay: (kind: string, words: string) => void;
}

/** What the line does not say, and the pointer can add. */
function Controls({ place, understood: { task }, onPlace, onSay }: ControlsProps) {
  const { t, day } = useWords();
  const { now, zone } = useViewer();
  const [choosing, setChoosing] = useState<"day" | "project" | null>(null);
  const said = (kind: string) => task?.spans.some((span) => span.kind === kind) === true;
  const dated = said("date") || said("recurrence");
  const opening = (which: "day" | "project") => (open: boolean) => setChoosing(open ? which : null);
  return (
    <>
      {!said("project") && place.parentId === undefined && (
        <Popover
          label={t("project.find")}
          open={choosing === "project"}
          onOpenChange={opening("project")}
          trigger={
            <Button variant="quiet" size="small" className={styles.place}>
              <PlaceName place={place} />
            </Button>
          }
        >
          <ProjectPicker
            value={{ projectId: place.projectId ?? null, sectionId: place.sectionId ?? null }}
            onPick={(next) => {
              onPlace({ ...place, ...next });
              setChoosing(null);
            }}
          />
        </Popover>
      )}
      {!dated && (
        <Popover
          label={t("selection.date")}
          open={choosing === "day"}
          onOpenChange={opening("day")}
          trigger={
            <Button variant="quiet" size="small" icon={<CalendarIcon />}>
              {place.day === undefined ? t("selection.date") : day(place.day)}
            </Button>
          }
        >
          <DayPicker
            day={place.day ?? null}
            onPick={(next) => {
              setChoosing(null);
              const today = dayOf(now, zone);
              if (next === null) onPlace({ projectId: place.projectId ?? null, sectionId: place.sectionId ?? null });
              else onSay("date", next === today ? "today" : next);
            }}
          />
        </Popover>
      )}
      {!said("priority") && (
        <Menu
          trigger={
            <Button variant="quiet" size="small" icon={<PriorityFlag priority={4} />}>
              {t("priority.label")}
            </Button>
          }
        >
          <PriorityItems value={4} onPick={(priority: Priority) => onSay("priority", priorityWord(priority))} />
        </Menu>
      )}
    </>
  );
}

function PlaceName({ place }: { place: Place }) {
  const { t } = useTranslation("task");
  const project = useEntity("projects", place.projectId);
  const section = useEntity("sections", place.sectionId);
  if (!project) {
    return (
      <>
        <InboxIcon />
        {t("inbox")}
      </>
    );
  }
  return (
    <>
      <ColourDot colour={project.colour} />
      <span className={styles.words}>{section ? `${project.name} / ${section.name}` : project.name}</span>
    </>
  );
}

/** The composer before everything else, from wherever somebody is. */
export function ComposerDialog({ open, place, onClose }: { open: boolean; place: Place; onClose: () => void }) {
  const { t } = useTranslation("task");
  return (
    <Dialog open={open} onClose={onClose} title={t("newTask")} bare high>
      <div className={styles.alone}>
        <Composer place={place} onClose={onClose} />
      </div>
    </Dialog>
  );
}
