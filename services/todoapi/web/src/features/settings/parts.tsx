import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { cx } from "../../ui/cx";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { CheckIcon, InfoIcon, WarningIcon } from "../../ui/icons";
import { IconButton } from "../../ui/IconButton";
import { Input } from "../../ui/Input";
import { CopyIcon, EyeIcon, EyeOffIcon } from "../../ui/moreIcons";
import { Skeleton } from "../../ui/Spinner";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { useExplain } from "./faults";
import styles from "./settings.module.css";

interface GroupProps {
  title: string;
  /** The title is for screen readers only: that of the page says the same. */
  hideTitle?: boolean;
  text?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  /** Without a ground of its own around the content. */
  bare?: boolean;
  children: ReactNode;
}

/** Settings that belong together, under a heading. */
export function Group({ title, hideTitle, text, actions, bare, children }: GroupProps) {
  const id = useId();
  return (
    <section className={styles.group} aria-labelledby={id}>
      <header className={styles.groupHead}>
        <div>
          <h2 id={id} className={hideTitle ? styles.hidden : styles.groupTitle}>
            {title}
          </h2>
          {text !== undefined && <p className={styles.groupText}>{text}</p>}
        </div>
        {actions}
      </header>
      {bare ? children : <div className={styles.card}>{children}</div>}
    </section>
  );
}

interface RowProps {
  sign?: ReactNode;
  label: ReactNode;
  detail?: ReactNode;
  /** What changes it, at the end of the row. */
  children?: ReactNode;
  /** The control needs a line of its own where there is little room. */
  wide?: boolean;
}

export function Row({ sign, label, detail, children, wide }: RowProps) {
  return (
    <div className={cx(styles.row, wide && styles.wideRow)}>
      {sign !== undefined && <span className={styles.sign}>{sign}</span>}
      <div className={styles.rowWords}>
        <div className={styles.rowLabel}>{label}</div>
        {detail !== undefined && <div className={styles.rowDetail}>{detail}</div>}
      </div>
      {children !== undefined && <div className={styles.control}>{children}</div>}
    </div>
  );
}

interface NoteProps {
  tone?: "plain" | "warn" | "danger";
  /** What can be done about it. */
  action?: ReactNode;
  children: ReactNode;
}

/** Something to know, inside of a card or by itself. */
export function Note({ tone = "plain", action, children }: NoteProps) {
  return (
    <div className={cx(styles.note, tone !== "plain" && styles[tone])} role={tone === "danger" ? "alert" : undefined}>
      {tone === "plain" ? <InfoIcon /> : <WarningIcon />}
      <div>
        <div className={styles.noteWords}>{children}</div>
        {action}
      </div>
    </div>
  );
}

interface LoadedProps<Data> {
  query: Pick<UseQueryResult<Data>, "data" | "error" | "refetch" | "isFetching">;
  /** How many rows it will likely have. */
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** What the server has: its place while it comes, and why it does not. */
export function Loaded<Data>({ query, rows = 2, children }: LoadedProps<Data>) {
  const { t } = useTranslation(["settings", "ui"]);
  const explain = useExplain();
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    return (
      <div className={styles.failed} role="alert">
        <WarningIcon />
        <p>{explain(query.error)}</p>
        <Button size="small" busy={query.isFetching} onClick={() => void query.refetch()}>
          {t("again")}
        </Button>
      </div>
    );
  }
  return (
    <div role="status" aria-label={t("ui:loading")}>
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className={styles.row}>
          <div className={styles.rowWords}>
            <Skeleton width="9rem" />
            <Skeleton width="14rem" />
          </div>
        </div>
      ))}
    </div>
  );
}

/** Says that a list has nothing in it, and why that may change. */
export function Nothing({ sign, children }: { sign: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.nothing}>
      {sign}
      <p>{children}</p>
    </div>
  );
}

interface FormDialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  submit: string;
  danger?: boolean;
  busy?: boolean;
  /** What is wrong with none of the fields in particular. */
  fault?: string | undefined;
  size?: "small" | "medium";
  onSubmit: () => void;
  children?: ReactNode;
}

/** Asks for something by a form, or, without fields, whether something is really to be done. */
export function FormDialog({ open, onClose, title, description, submit, danger, busy, fault, size = "small", onSubmit, children }: FormDialogProps) {
  const { t } = useTranslation("settings");
  const form = useId();
  // A question has nothing between its words and its buttons.
  const asks = children !== undefined || fault !== undefined;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      size={size}
      {...(description !== undefined && { description })}
      actions={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button
            variant={danger ? "danger" : "primary"}
            {...(asks ? { type: "submit", form } : { onClick: onSubmit })}
            {...(busy !== undefined && { busy })}
          >
            {submit}
          </Button>
        </>
      }
    >
      {asks ? (
        <form
          id={form}
          className={styles.form}
          noValidate
          onSubmit={(event: SubmitEvent) => {
            event.preventDefault();
            if (!busy) onSubmit();
          }}
        >
          {children}
          {fault !== undefined && <Note tone="danger">{fault}</Note>}
        </form>
      ) : undefined}
    </Dialog>
  );
}

interface PasswordFieldProps {
  label: string;
  hint?: string;
  fault?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  /** What password managers fill in. */
  kind: "current-password" | "new-password";
}

export function PasswordField({ label, hint, fault, value, onChange, kind }: PasswordFieldProps) {
  const { t } = useTranslation("settings");
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <div className={styles.withButton}>
          <Input
            {...control}
            type={shown ? "text" : "password"}
            name={kind}
            autoComplete={kind}
            required
            maxLength={128}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <IconButton size="small" label={shown ? t("hidePassword") : t("showPassword")} onClick={() => setShown(!shown)}>
            {shown ? <EyeOffIcon /> : <EyeIcon />}
          </IconButton>
        </div>
      )}
    </Field>
  );
}

/** Tells password managers whose password it is. */
export function UserName({ email }: { email: string }) {
  return <input className={styles.hidden} type="text" name="username" autoComplete="username" value={email} readOnly tabIndex={-1} aria-hidden="true" />;
}

/** Words to be taken along, in one line, with a button that copies them. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation("settings");
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true));
  };
  return (
    <div className={styles.copyable}>
      <Input readOnly aria-label={label} value={text} spellCheck={false} onFocus={(event) => event.target.select()} />
      <Button variant="primary" icon={copied ? <CheckIcon /> : <CopyIcon />} onClick={copy}>
        {copied ? t("copied") : t("copy")}
      </Button>
      <VisuallyHidden>
        <span role="status">{copied ? t("copied") : ""}</span>
      </VisuallyHidden>
    </div>
  );
}

interface SecretDialogProps {
  /** null while there is nothing to show. */
  secret: string | null;
  title: string;
  text: string;
  onClose: () => void;
}

/** Shows a secret, which nobody can show again. */
export function SecretDialog({ secret, title, text, onClose }: SecretDialogProps) {
  const { t } = useTranslation("settings");
  // It still shows it while it fades.
  const [last, setLast] = useState("");
  if (secret !== null && secret !== last) setLast(secret);
  return (
    <Dialog open={secret !== null} onClose={onClose} title={title} description={text} actions={<Button onClick={onClose}>{t("done")}</Button>}>
      <Copyable label={title} text={last} />
    </Dialog>
  );
}

