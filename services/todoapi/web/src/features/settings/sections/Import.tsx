import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Import as FormerImport, ImportDetail } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { newId } from "../../../store/acts";
import { useViewer } from "../../../store/hooks";
import { spellInstant } from "../../../time/due";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Checkbox } from "../../../ui/Checkbox";
import { cx } from "../../../ui/cx";
import { Field } from "../../../ui/Field";
import { CloseIcon, NoteIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { Input } from "../../../ui/Input";
import { ArchiveIcon, UploadIcon } from "../../../ui/moreIcons";
import { Select } from "../../../ui/Select";
import { showToast } from "../../../ui/toastStore";
import { bytesOf } from "../bytes";
import { sentenceOf, useExplain } from "../faults";
import { type Format, formatOf, formats, isTable, largestFile } from "../importFile";
import { type ImportOptions, isOver, startImport, undoImport, useImport } from "../importRun";
import { Group, Loaded, Note, Nothing, Row } from "../parts";
import styles from "../settings.module.css";
import { type Column, columnQuery, columns, guessOf, headerOf, isOfKnownProgram, longestHeader, type Mapping, namesTitle } from "../table";
import { ImportReport, total } from "./ImportReport";

const listKey = ["settings", "imports"];
const dayMs = 24 * 60 * 60 * 1000;

/** Brings in what other programs, or another platform, have written. */
export function Import() {
  const { t } = useTranslation("settings");
  const [file, setFile] = useState<ChosenFile | null>(null);
  return (
    <>
      <Group title={t("import.bring")} hideTitle text={t("import.text")}>
        {file === null ? <Drop onFile={setFile} /> : <Flow key={file.key} chosen={file} onLeave={() => setFile(null)} />}
      </Group>
      <Former />
    </>
  );
}

interface ChosenFile {
  key: string;
  file: File;
  /** The first line, where it may be that of a table. */
  header: readonly string[];
  known: boolean;
}

async function chosenOf(file: File): Promise<ChosenFile> {
  const start = await file.slice(0, longestHeader).text();
  return { key: newId(), file, header: headerOf(start), known: isOfKnownProgram(start) };
}

function Drop({ onFile }: { onFile: (file: ChosenFile) => void }) {
  const { t } = useTranslation("settings");
  const { locale } = useViewer();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.size > largestFile) {
      setFault(t("import.tooLarge", { size: bytesOf(file.size, locale) }));
      return;
    }
    chosenOf(file).then(onFile, () => setFault(t("import.unreadable")));
  };
  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(inside);
  };
  return (
    <>
      <div
        className={cx(styles.drop, over && styles.dropping)}
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={(event) => {
          drag(false)(event);
          take(event.dataTransfer.files[0]);
        }}
      >
        <UploadIcon />
        <p>
          <strong>{t("import.drop")}</strong>
          <br />
          {t("import.dropDetail")}
        </p>
        <Button variant="primary" onClick={() => input.current?.click()}>
          {t("import.choose")}
        </Button>
        <input ref={input} className={styles.file} type="file" tabIndex={-1} aria-hidden="true" accept=".json,.csv,.tsv,.ics,.zip,.txt" onChange={(event) => take(event.target.files?.[0])} />
      </div>
      {fault !== null && <Note tone="danger">{fault}</Note>}
    </>
  );
}

/** The way of one file: what would become of it, and what does. */
function Flow({ chosen, onLeave }: { chosen: ChosenFile; onLeave: () => void }) {
  const { t } = useTranslation("settings");
  const { locale } = useViewer();
  const explain = useExplain();
  const cache = useQueryClient();
  const { file, header, known } = chosen;
  const [format, setFormat] = useState<Format | undefined>(formatOf(file.name));
  const [mapping, setMapping] = useState<Mapping>(() => (namesTitle(header) ? {} : guessOf(header)));
  const [project, setProject] = useState("");
  const [each, setEach] = useState(true);
  const [settings, setSettings] = useState(false);
  const [importId, setImportId] = useState<string>();
  const [preview, setPreview] = useState<string | null>(null);
  const [run, setRun] = useState<string | null>(null);

  const table = isTable(file.name, format) && !(known && format === undefined);
  const mapped = table && (!namesTitle(header) || Object.keys(mapping).length > 0);
  const options: ImportOptions = { format, project: project.trim(), columns: mapped ? columnQuery(mapping) : [], each, settings, importId };
  const refresh = () => void cache.invalidateQueries({ queryKey: listKey });
  const look = useMutation({
    // Everything that is wrong is of interest, not the first that is.
    mutationFn: (again: string | undefined) => startImport(file, { ...options, each: true, importId: again }, true),
    onSuccess: ({ id }) => setPreview(id),
  });
  const bring = useMutation({
    mutationFn: () => startImport(file, options, false),
    onSuccess: ({ id }) => {
      setRun(id);
      refresh();
    },
  });
  const looked = useImport(preview);
  const anew = () => {
    setPreview(null);
    setImportId(undefined);
    look.reset();
    bring.reset();
  };

  const head = (
    <Row sign={<NoteIcon />} label={file.name} detail={bytesOf(file.size, locale)}>
      {run === null && (
        <IconButton label={t("import.otherFile")} onClick={onLeave}>
          <CloseIcon />
        </IconButton>
      )}
    </Row>
  );
  if (run !== null) {
    return (
      <>
        {head}
        <Running id={run} onOver={refresh} onLeave={onLeave} />
      </>
    );
  }
  if (preview !== null) {
    return (
      <>
        {head}
        <div className={styles.pad}>
          <Progress
            detail={looked.data}
            error={looked.error}
            over={(detail) =>
              detail.report ? (
                <>
                  <p>{t("import.recognised", { format: t(`import.format.${detail.format as Format}`) })}</p>
                  <ImportReport report={detail.report} />
                  <Decision
                    there={total(detail.report, "there")}
                    leftOut={total(detail.report, "leftOut")}
                    each={each}
                    onEach={setEach}
                    onAgain={() => {
                      const id = newId();
                      setImportId(id);
                      setPreview(null);
                      look.mutate(id);
                    }}
                  />
                  {bring.error && <Note tone="danger">{explain(bring.error)}</Note>}
                  <div className={cx(styles.actions, styles.end)}>
                    <Button onClick={anew}>{t("import.back")}</Button>
                    <Button
                      variant="primary"
                      busy={bring.isPending}
                      disabled={total(detail.report, "added") === 0 || (!each && total(detail.report, "leftOut") > 0)}
                      onClick={() => bring.mutate()}
                    >
                      {t("import.start", { count: total(detail.report, "added") })}
                    </Button>
                  </div>
                </>
              ) : (
                <>
                  <Note tone="danger">{t("import.cannot", { reason: sentenceOf(detail.reason ?? "") })}</Note>
                  <div className={cx(styles.actions, styles.end)}>
                    <Button onClick={anew}>{t("import.back")}</Button>
                  </div>
                </>
              )
            }
          />
        </div>
      </>
    );
  }
  return (
    <>
      {head}
      <form
        className={styles.pad}
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate(undefined);
        }}
      >
        <Select<Format | "">
          label={t("import.formatLabel")}
          value={format ?? ""}
          onChange={(next) => setFormat(next === "" ? undefined : next)}
          options={[{ value: "", label: t("import.findOut") }, ...formats.map((value) => ({ value, label: t(`import.format.${value}`) }))]}
        />
        {table && <Columns header={header} mapping={mapping} onChange={setMapping} />}
        {(table || known) && (
          <Field label={t("import.project")} hint={t("import.projectHint")}>
            {(control) => <Input {...control} autoComplete="off" maxLength={600} placeholder={t("import.inbox")} value={project} onChange={(event) => setProject(event.target.value)} />}
          </Field>
        )}
        {format !== "csv" && format !== "ics" && !table && <Checkbox label={t("import.settings")} checked={settings} onChange={setSettings} />}
        {look.error && <Note tone="danger">{explain(look.error)}</Note>}
        <div className={cx(styles.actions, styles.end)}>
          <Button onClick={onLeave}>{t("cancel")}</Button>
          <Button variant="primary" type="submit" busy={look.isPending} disabled={mapped && (mapping.title ?? "") === "" && !namesTitle(header)}>
            {t("import.preview")}
          </Button>
        </div>
      </form>
    </>
  );
}

interface ColumnsProps {
  header: readonly string[];
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

/** Says which column of a table is which, where they do not say so themselves. */
function Columns({ header, mapping, onChange }: ColumnsProps) {
  const { t } = useTranslation("settings");
  const [all, setAll] = useState(false);
  if (namesTitle(header) && !all) {
    return (
      <Note
        action={
          <Button size="small" onClick={() => setAll(true)}>
            {t("import.columnsChange")}
          </Button>
        }
      >
        {t("import.columnsKnown", { columns: header.join(", ") })}
      </Note>
    );
  }
  const options = [{ value: "", label: t("import.noColumn") }, ...[...new Set(header.filter((name) => name !== ""))].map((name) => ({ value: name, label: name }))];
  const own = (column: Column) => header.find((name) => name.toLowerCase() === column) ?? "";
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.legend}>{t("import.columns")}</legend>
      <p className={styles.soft}>{t("import.columnsText")}</p>
      <div className={styles.mapping}>
        {(all ? columns : columns.slice(0, 8)).map((column) => (
          <Select
            key={column}
            label={t(`import.column.${column}`)}
            value={mapping[column] ?? own(column)}
            onChange={(name) => onChange({ ...mapping, [column]: name })}
            options={options}
          />
        ))}
      </div>
      {!all && (
        <div className={styles.actions}>
          <Button size="small" onClick={() => setAll(true)}>
            {t("import.moreColumns")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

interface DecisionProps {
  there: number;
  leftOut: number;
  each: boolean;
  onEach: (each: boolean) => void;
  /** Brings in a second time what is there. */
  onAgain: () => void;
}

/** What somebody has to know, or to decide, before a file is brought in. */
function Decision({ there, leftOut, each, onEach, onAgain }: DecisionProps) {
  const { t } = useTranslation("settings");
  return (
    <>
      {leftOut > 0 && <Checkbox label={t("import.each", { count: leftOut })} checked={each} onChange={onEach} />}
      {leftOut > 0 && !each && <Note tone="warn">{t("import.notEach")}</Note>}
      {there > 0 && (
        <Note
          action={
            <Button size="small" onClick={onAgain}>
              {t("import.onceMore")}
            </Button>
          }
        >
          {t("import.stays", { count: there })}
        </Note>
      )}
    </>
  );
}

interface ProgressProps {
  detail: ImportDetail | undefined;
  error: Error | null;
  over: (detail: ImportDetail) => React.ReactNode;
}

/** How far an import is; over: what is shown once it ends. */
function Progress({ detail, error, over }: ProgressProps) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  if (detail && isOver(detail)) return over(detail);
  if (!detail && error) return <Note tone="danger">{explain(error)}</Note>;
  const objects = detail?.objects ?? 0;
  const words = detail?.state === "running" && objects > 0 ? t("import.handled", { handled: detail.handled, count: objects }) : t("import.waiting");
  return (
    <div className={styles.fieldset} role="status">
      <progress className={styles.progress} aria-label={words} {...(objects > 0 && { value: detail?.handled ?? 0, max: objects })} />
      <p className={styles.soft}>{words}</p>
    </div>
  );
}

interface RunningProps {
  id: string;
  onOver: () => void;
  onLeave: () => void;
}

/** An import that goes on, or has come to its end. */
function Running({ id, onOver, onLeave }: RunningProps) {
  const { t } = useTranslation("settings");
  const detail = useImport(id);
  return (
    <div className={styles.pad}>
      <Progress
        detail={detail.data}
        error={detail.error}
        over={(over) => (
          <>
            <Outcome detail={over} />
            <div className={cx(styles.actions, styles.end)}>
              <UndoButton detail={over} />
              <Button variant="primary" onClick={onLeave}>
                {t("done")}
              </Button>
            </div>
          </>
        )}
      />
      {detail.data && !isOver(detail.data) && (
        <>
          <p className={styles.soft}>{t("import.mayLeave")}</p>
          <div className={cx(styles.actions, styles.end)}>
            <CancelButton
              id={id}
              onCancelled={() => {
                void detail.refetch();
                onOver();
              }}
            />
          </div>
        </>
      )}
    </div>
  );
}

function Outcome({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation("settings");
  if (!detail.report) return <Note tone="danger">{t("import.failed", { reason: detail.reason ?? "", count: detail.handled })}</Note>;
  return (
    <>
      <p>
        <strong>{t("import.finished", { count: total(detail.report, "added") })}</strong>
      </p>
      {!detail.report.complete && <Note tone="warn">{t("import.incomplete")}</Note>}
      <ImportReport report={detail.report} />
    </>
  );
}

function CancelButton({ id, onCancelled }: { id: string; onCancelled: () => void }) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const cancel = useMutation({
    mutationFn: () => client.call(settingsOperations.cancelImport, { path: { id } }),
    onSuccess: onCancelled,
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
  });
  return (
    <Button busy={cancel.isPending} onClick={() => cancel.mutate()}>
      {t("import.cancel")}
    </Button>
  );
}

/** Takes an import back, while the server remembers how. */
function UndoButton({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation("settings");
  const { now } = useViewer();
  const explain = useExplain();
  const [done, setDone] = useState(0);
  const undo = useMutation({
    mutationFn: () => undoImport(detail.groups, setDone),
    onSuccess: ({ left }) => showToast(left === 0 ? { tone: "plain", message: t("import.undone") } : { tone: "error", message: t("import.undoneInPart", { count: left }) }),
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
  });
  const late = detail.endedAt !== undefined && now.getTime() - new Date(detail.endedAt).getTime() > dayMs;
  if (detail.groups.length === 0 || late || detail.dryRun) return null;
  return (
    <Button busy={undo.isPending} disabled={undo.isSuccess} onClick={() => undo.mutate()}>
      {undo.isPending && detail.groups.length > 1 ? t("import.undoing", { done, count: detail.groups.length }) : undo.isSuccess ? t("import.undoneShort") : t("import.undo")}
    </Button>
  );
}

/** What was brought in before, as long as the server knows of it. */
function Former() {
  const { t } = useTranslation("settings");
  const imports = useQuery({ queryKey: listKey, queryFn: () => client.call(settingsOperations.listImports, {}) });
  return (
    <Group title={t("import.former")} text={t("import.formerText")}>
      <Loaded query={imports}>
        {({ items }) => {
          const real = items.filter(({ dryRun }) => !dryRun);
          return real.length === 0 ? (
            <Nothing sign={<ArchiveIcon />}>{t("import.noFormer")}</Nothing>
          ) : (
            <ul>
              {real.map((one) => (
                <li key={one.id}>
                  <FormerRow former={one} />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Group>
  );
}

const states = { waiting: "plain", running: "accent", done: "good", failed: "danger" } as const;

function FormerRow({ former }: { former: FormerImport }) {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const detail = useImport(open || !isOver(former) ? former.id : null);
  const now = detail.data ?? former;
  return (
    <>
      <Row
        label={
          <>
            {t(`import.format.${now.format as Format}`)}
            <Badge tone={states[now.state]}>{t(`import.state.${now.state}`)}</Badge>
          </>
        }
        detail={t("import.formerDetail", { at: spellInstant(new Date(now.createdAt), viewer), handled: now.handled, count: now.objects })}
      >
        {!isOver(now) && <CancelButton id={now.id} onCancelled={() => void cache.invalidateQueries({ queryKey: listKey })} />}
        {isOver(now) && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t("import.less") : t("import.more")}
          </Button>
        )}
      </Row>
      {open && (
        <div className={styles.pad}>
          <Loaded query={detail}>
            {(data) => (
              <>
                <Outcome detail={data} />
                <div className={cx(styles.actions, styles.end)}>
                  <UndoButton detail={data} />
                </div>
              </>
            )}
          </Loaded>
        </div>
      )}
    </>
  );
}
