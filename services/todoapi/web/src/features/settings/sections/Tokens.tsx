import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Token, TokenDraft } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { addDays, dayOf, instantOf, spellDue } from "../../../time/due";
import { Button } from "../../../ui/Button";
import { Checkbox } from "../../../ui/Checkbox";
import { Field } from "../../../ui/Field";
import { PlusIcon } from "../../../ui/icons";
import { Input } from "../../../ui/Input";
import { KeyIcon } from "../../../ui/moreIcons";
import { Select } from "../../../ui/Select";
import { showToast } from "../../../ui/toastStore";
import { ago } from "../ago";
import { useExplain, useFaults } from "../faults";
import { FormDialog, Group, Loaded, Nothing, Row, SecretDialog } from "../parts";
import type { SectionProps } from "../places";
import styles from "../settings.module.css";

type Scope = TokenDraft["scopes"][number];

const queryKey = ["settings", "tokens"];

/** What programs may do in somebody's name. */
export function Tokens({ account }: SectionProps) {
  const { t } = useTranslation("settings");
  const tokens = useQuery({ queryKey, queryFn: () => client.call(settingsOperations.listTokens, {}) });
  const [making, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<Token | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <Group
        title={t("tokens.list")}
        hideTitle
        text={
          <>
            {t("tokens.text")}{" "}
            <a className={styles.textLink} href="/api/v1/docs" target="_blank" rel="noreferrer">
              {t("tokens.docs")}
            </a>
          </>
        }
        actions={
          <Button size="small" variant="primary" icon={<PlusIcon />} onClick={() => setMaking(true)}>
            {t("tokens.make")}
          </Button>
        }
      >
        <Loaded query={tokens}>
          {({ items }) =>
            items.length === 0 ? (
              <Nothing sign={<KeyIcon />}>{t("tokens.none")}</Nothing>
            ) : (
              <ul>
                {items.map((token) => (
                  <li key={token.id}>
                    <TokenRow token={token} onRevoke={() => setRevoked(token)} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Group>
      {making && (
        <TokenDialog
          owner={account.owner}
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            setSecret(made);
          }}
        />
      )}
      {revoked && <RevokeDialog token={revoked} onClose={() => setRevoked(null)} />}
      <SecretDialog secret={secret} title={t("tokens.made")} text={t("tokens.madeText")} onClose={() => setSecret(null)} />
    </>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const used = token.lastUsedAt === null ? t("tokens.unused") : t("tokens.used", { ago: ago(new Date(token.lastUsedAt), viewer.now, viewer.locale) });
  const ends = token.expiresAt === null ? t("tokens.never") : t("tokens.ends", { at: spellDue({ date: dayOf(new Date(token.expiresAt), viewer.zone) }, viewer) });
  return (
    <Row
      sign={<KeyIcon />}
      label={
        <>
          {token.name} <code className={`${styles.mono} ${styles.soft}`}>{token.prefix}…</code>
        </>
      }
      detail={
        <>
          {used} · {ends}
          <br />
          {token.scopes.join(", ")}
        </>
      }
    >
      <Button size="small" aria-label={t("tokens.revokeOne", { name: token.name })} onClick={onRevoke}>
        {t("tokens.revoke")}
      </Button>
    </Row>
  );
}

const scopes: readonly Scope[] = ["tasks:read", "tasks:write", "account", "audit:read", "webhooks"];
const lives = ["30", "90", "365", "never", "day"] as const;
const draftFields = ["name", "scopes", "expiresAt"] as const;

interface TokenDialogProps {
  owner: boolean;
  onClose: () => void;
  onMade: (secret: string) => void;
}

function TokenDialog({ owner, onClose, onMade }: TokenDialogProps) {
  const { t } = useTranslation("settings");
  const { now, zone } = useViewer();
  const cache = useQueryClient();
  const faultsOf = useFaults(draftFields);
  const today = dayOf(now, zone);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Scope[]>(["tasks:read"]);
  const [life, setLife] = useState<(typeof lives)[number]>("90");
  const [day, setDay] = useState(addDays(today, 7));
  const [tried, setTried] = useState(false);
  const make = useMutation({
    mutationFn: () => {
      const until = life === "day" ? day : addDays(today, Number(life));
      const expiresAt = life === "never" ? {} : { expiresAt: instantOf(until, "00:00", zone).toISOString() };
      return client.call(settingsOperations.createToken, { body: { name: name.trim(), scopes: [...chosen], ...expiresAt } });
    },
    onSuccess: ({ secret }) => onMade(secret),
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  const faults = make.error ? faultsOf(make.error) : { fields: {} };
  const noDay = life === "day" && !(day > today && day <= addDays(today, 366));
  const submit = () => {
    setTried(true);
    if (name.trim() !== "" && chosen.length > 0 && !noDay) make.mutate();
  };
  return (
    <FormDialog open onClose={onClose} title={t("tokens.makeTitle")} submit={t("tokens.makeSubmit")} size="medium" busy={make.isPending} fault={faults.rest} onSubmit={submit}>
      <Field label={t("tokens.name")} hint={t("tokens.nameHint")} fault={tried && name.trim() === "" ? t("tokens.nameNeeded") : faults.fields.name}>
        {(control) => <Input {...control} autoComplete="off" maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <fieldset>
        <legend className={styles.legend}>{t("tokens.scopes")}</legend>
        <div className={styles.scopes}>
          {(owner ? [...scopes, "admin" as const] : scopes).map((scope) => (
            <div key={scope} className={styles.scope}>
              <Checkbox
                label={t(`tokens.scope.${nameOf(scope)}`)}
                checked={chosen.includes(scope)}
                onChange={(on) => setChosen(on ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
              />
              <p className={styles.scopeText}>{t(`tokens.scopeText.${nameOf(scope)}`)}</p>
            </div>
          ))}
        </div>
        {tried && chosen.length === 0 && <p className={styles.fault}>{t("tokens.scopesNeeded")}</p>}
        {faults.fields.scopes !== undefined && <p className={styles.fault}>{faults.fields.scopes}</p>}
      </fieldset>
      <Select label={t("tokens.life")} value={life} onChange={setLife} options={lives.map((value) => ({ value, label: t(`tokens.lives.${value}`) }))} />
      {life === "day" && (
        <Field label={t("tokens.day")} hint={t("tokens.dayHint")} fault={tried && noDay ? t("tokens.dayHint") : faults.fields.expiresAt}>
          {(control) => <Input {...control} type="date" min={addDays(today, 1)} max={addDays(today, 366)} value={day} onChange={(event) => setDay(event.target.value)} />}
        </Field>
      )}
    </FormDialog>
  );
}

/** The name of a scope among the texts, which have no colons in their names. */
function nameOf(scope: Scope) {
  return ({ "tasks:read": "tasksRead", "tasks:write": "tasksWrite", account: "account", "audit:read": "auditRead", webhooks: "webhooks", admin: "admin" } as const)[scope];
}

function RevokeDialog({ token, onClose }: { token: Token; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const cache = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => client.call(settingsOperations.revokeToken, { path: { id: token.id } }),
    onSuccess: () => {
      showToast({ tone: "plain", message: t("tokens.revoked", { name: token.name }) });
      onClose();
    },
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title={t("tokens.revokeOne", { name: token.name })}
      description={t("tokens.revokeText")}
      submit={t("tokens.revoke")}
      danger
      busy={revoke.isPending}
      fault={revoke.error ? explain(revoke.error) : undefined}
      onSubmit={() => revoke.mutate()}
    />
  );
}
