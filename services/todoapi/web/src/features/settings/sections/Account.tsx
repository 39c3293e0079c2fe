import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { client } from "../../../api/http";
import { operations } from "../../../api/operations";
import { settingsOperations } from "../../../api/settingsOperations";
import type { User } from "../../../api/types";
import { useSynced } from "../../../sync/SyncedStore";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Field } from "../../../ui/Field";
import { CheckIcon } from "../../../ui/icons";
import { Input } from "../../../ui/Input";
import { showToast } from "../../../ui/toastStore";
import { useExplain, useFaults } from "../faults";
import { FormDialog, Group, Note, PasswordField, Row, UserName } from "../parts";
import type { SectionProps } from "../places";
import styles from "../settings.module.css";

type Asked = "email" | "password" | "deletion" | null;

/** Who somebody is to the platform, and how they prove it. */
export function Account({ account }: SectionProps) {
  const { t } = useTranslation("settings");
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  return (
    <>
      <Group title={t("account.signIn")}>
        <Row label={<Address account={account} />} detail={t("account.emailDetail")}>
          {changesAddress(account) && <Button onClick={() => setAsked("email")}>{t("account.change")}</Button>}
        </Row>
        {account.newEmail !== undefined && (
          <Note>
            <Trans t={t} i18nKey="account.newEmail" values={{ email: account.newEmail }} components={{ b: <strong /> }} />
          </Note>
        )}
        {account.emailVerificationRequired && <Unverified account={account} />}
        {!changesAddress(account) && <Note>{t("account.noMail")}</Note>}
        <Row label={t("account.password")} detail={t("account.passwordDetail")}>
          <Button onClick={() => setAsked("password")}>{t("account.change")}</Button>
        </Row>
      </Group>
      <Group title={t("account.end")}>
        <Row label={t("account.delete")} detail={t("account.deleteDetail")} wide>
          <Button onClick={() => setAsked("deletion")}>
            {t("account.deleteAsk")}
          </Button>
        </Row>
      </Group>
      {asked === "email" && <EmailDialog account={account} onClose={close} />}
      {asked === "password" && <PasswordDialog account={account} onClose={close} />}
      {asked === "deletion" && <DeletionDialog account={account} onClose={close} />}
    </>
  );
}

/** A platform that verifies no addresses changes none. */
function changesAddress({ emailVerified, emailVerificationRequired }: User): boolean {
  return emailVerified || emailVerificationRequired;
}

function Address({ account }: { account: User }) {
  const { t } = useTranslation("settings");
  return (
    <>
      {account.email}
      {account.emailVerified && (
        <Badge tone="good" icon={<CheckIcon />}>
          {t("account.verified")}
        </Badge>
      )}
      {account.emailVerificationRequired && <Badge tone="warn">{t("account.unverified")}</Badge>}
    </>
  );
}

/** Asks to follow the link in the mail, which can be sent again. */
function Unverified({ account }: { account: User }) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const again = useMutation({
    mutationFn: () => client.call(operations.requestVerification, {}),
    onSuccess: () => showToast({ tone: "plain", message: t("account.mailSent", { email: account.email }) }),
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
  });
  return (
    <Note
      tone="warn"
      action={
        <Button size="small" busy={again.isPending} onClick={() => again.mutate()}>
          {t("account.sendAgain")}
        </Button>
      }
    >
      {t("account.verify")}
    </Note>
  );
}

interface DialogProps {
  account: User;
  onClose: () => void;
}

const emailFields = ["email", "password"] as const;

function EmailDialog({ account, onClose }: DialogProps) {
  const { t } = useTranslation("settings");
  const faultsOf = useFaults(emailFields);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => client.call(settingsOperations.changeEmail, { body: { email: email.trim(), password } }),
    onSuccess: () => {
      showToast({ tone: "plain", message: t("account.emailAsked", { email: email.trim() }) });
      client.reloadUser().catch(() => undefined); // it comes with the next visit
      onClose();
    },
  });
  const faults = change.error ? faultsOf(change.error) : { fields: {} };
  const wrongAddress = tried && !/^\S+@\S+$/.test(email.trim()) ? t("account.emailNeeded") : undefined;
  const noPassword = tried && password === "" ? t("account.passwordNeeded") : undefined;
  const submit = () => {
    setTried(true);
    if (/^\S+@\S+$/.test(email.trim()) && password !== "") change.mutate();
  };
  return (
    <FormDialog open onClose={onClose} title={t("account.emailTitle")} description={t("account.emailText")} submit={t("account.emailSubmit")} busy={change.isPending} fault={faults.rest} onSubmit={submit}>
      <Field label={t("account.newAddress")} fault={wrongAddress ?? faults.fields.email}>
        {(control) => <Input {...control} type="email" name="email" autoComplete="email" required maxLength={254} value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <UserName email={account.email} />
      <PasswordField label={t("account.password")} kind="current-password" value={password} onChange={setPassword} fault={noPassword ?? faults.fields.password} />
    </FormDialog>
  );
}

const passwordFields = ["current", "new"] as const;

function PasswordDialog({ account, onClose }: DialogProps) {
  const { t } = useTranslation("settings");
  const faultsOf = useFaults(passwordFields);
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => client.call(settingsOperations.changePassword, { body: { current, new: next } }),
    onSuccess: () => {
      showToast({ tone: "plain", message: t("account.passwordChanged") });
      onClose();
    },
  });
  const faults = change.error ? faultsOf(change.error) : { fields: {} };
  const length = Array.from(next).length; // as the server counts them
  const fits = length >= 8 && length <= 128;
  const submit = () => {
    setTried(true);
    if (current !== "" && fits) change.mutate();
  };
  return (
    <FormDialog open onClose={onClose} title={t("account.passwordTitle")} description={t("account.passwordText")} submit={t("account.passwordSubmit")} busy={change.isPending} fault={faults.rest} onSubmit={submit}>
      <UserName email={account.email} />
      <PasswordField
        label={t("account.currentPassword")}
        kind="current-password"
        value={current}
        onChange={setCurrent}
        fault={tried && current === "" ? t("account.passwordNeeded") : faults.fields.current}
      />
      <PasswordField
        label={t("account.newPassword")}
        kind="new-password"
        hint={t("account.passwordRule")}
        value={next}
        onChange={setNext}
        fault={tried && !fits ? t("account.passwordRule") : faults.fields.new}
      />
    </FormDialog>
  );
}

const deletionFields = ["password"] as const;

function DeletionDialog({ account, onClose }: DialogProps) {
  const { t } = useTranslation("settings");
  const { sync } = useSynced();
  const faultsOf = useFaults(deletionFields);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const sure = email.trim().toLowerCase() === account.email;
  const remove = useMutation({
    mutationFn: () => client.call(settingsOperations.deleteAccount, { body: { password } }),
    onSuccess: async () => {
      // The account is gone, whatever the browser and the server have to say about what is left here.
      await sync.wipe().catch(() => undefined);
      await client.signOut().catch(() => undefined);
    },
  });
  const faults = remove.error ? faultsOf(remove.error) : { fields: {} };
  const submit = () => {
    setTried(true);
    if (sure && password !== "") remove.mutate();
  };
  return (
    <FormDialog open onClose={onClose} title={t("account.deleteTitle")} submit={t("account.deleteSubmit")} danger busy={remove.isPending} fault={faults.rest} onSubmit={submit}>
      <div className={styles.fieldset}>
        <p>{t("account.deleteText")}</p>
        <ul className={styles.bullets}>
          {(["tasks", "access", "devices", "mail"] as const).map((what) => (
            <li key={what}>{t(`account.goes.${what}`)}</li>
          ))}
        </ul>
      </div>
      <Field label={t("account.deleteEmail", { email: account.email })} fault={tried && !sure ? t("account.deleteEmailWrong") : undefined}>
        {(control) => <Input {...control} type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <UserName email={account.email} />
      <PasswordField
        label={t("account.password")}
        kind="current-password"
        value={password}
        onChange={setPassword}
        fault={tried && password === "" ? t("account.passwordNeeded") : faults.fields.password}
      />
    </FormDialog>
  );
}
