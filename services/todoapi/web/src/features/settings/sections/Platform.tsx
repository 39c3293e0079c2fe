import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountPatch, Figures, ManagedAccount } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { Avatar } from "../../../ui/Avatar";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { Field } from "../../../ui/Field";
import { MoreIcon, SearchIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { Input } from "../../../ui/Input";
import { Menu, MenuItem } from "../../../ui/Menu";
import { LockIcon, PlayIcon, StarIcon, UserIcon, EditIcon } from "../../../ui/moreIcons";
import { Select } from "../../../ui/Select";
import { showToast } from "../../../ui/toastStore";
import { ago } from "../ago";
import { bytesOf } from "../bytes";
import { useExplain, useFaults } from "../faults";
import { FormDialog, Group, Loaded, Nothing, Row } from "../parts";
import type { SectionProps } from "../places";
import styles from "../settings.module.css";
import { Invitations } from "./Invitations";

/** What the owners of the platform see and decide. */
export function Platform({ account }: SectionProps) {
  const { t } = useTranslation("settings");
  if (!account.owner) return <p className={styles.soft}>{t("platform.ownersOnly")}</p>;
  return (
    <>
      <Overview />
      <Accounts own={account.id} />
      <Invitations />
    </>
  );
}

function Overview() {
  const { t } = useTranslation("settings");
  const failed = useQuery({ queryKey: ["settings", "failed-reminder-counts"], queryFn: () => client.call(settingsOperations.countFailedReminders, {}) });
  const figures = useQuery({ queryKey: ["settings", "figures"], queryFn: () => client.call(settingsOperations.readFigures, {}) });
  return (
    <Group title={t("platform.figures")} bare>
      <Loaded query={figures}>{(data) => <FigureList figures={data} />}</Loaded>
      {failed.data && <p className={styles.soft}>{t("platform.failedReminders", { ...failed.data })}</p>}
    </Group>
  );
}

function FigureList({ figures }: { figures: Figures }) {
  const { t } = useTranslation("settings");
  const { locale } = useViewer();
  const number = (count: number) => new Intl.NumberFormat(locale, { notation: count >= 100_000 ? "compact" : "standard", maximumFractionDigits: 1 }).format(count);
  const shown = [
    { id: "accounts", value: number(figures.accounts), hint: t("platform.verified", { count: figures.verifiedAccounts }) },
    { id: "seenToday", value: number(figures.seenToday), hint: t("platform.seenWeek", { count: figures.seenThisWeek }) },
    { id: "tasks", value: number(figures.tasks), hint: t("platform.aboutFigure") },
    { id: "sessions", value: number(figures.sessions), hint: t("platform.tokens", { count: figures.apiTokens }) },
    { id: "database", value: bytesOf(figures.databaseBytes, locale), hint: t("platform.changes", { number: number(figures.changes) }) },
    { id: "waiting", value: number(figures.waitingEvents), hint: t("platform.waitingHint") },
  ] as const;
  return (
    <dl className={styles.figures}>
      {shown.map(({ id, value, hint }) => (
        <div key={id} className={styles.figure}>
          <dt>{t(`platform.figure.${id}`)}</dt>
          <dd>
            {value}
            <small>{hint}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const listKey = ["settings", "accounts"];
const statuses = ["all", "enabled", "disabled"] as const;

function Accounts({ own }: { own: string }) {
  const { t } = useTranslation("settings");
  const [prefix, setPrefix] = useState("");
  const [status, setStatus] = useState<(typeof statuses)[number]>("all");
  const asked = useDeferredValue(prefix.trim());
  const accounts = useInfiniteQuery({
    queryKey: [...listKey, asked, status],
    queryFn: ({ pageParam: cursor }) =>
      client.call(settingsOperations.listAccounts, { query: { status, limit: 25, ...(asked !== "" && { prefix: asked }), ...(cursor !== undefined && { cursor }) } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  return (
    <Group title={t("platform.accounts")} text={t("platform.accountsText")}>
      <div className={styles.search} role="search">
        <div className={styles.searchField}>
          <SearchIcon />
          <Input type="search" aria-label={t("platform.search")} placeholder={t("platform.search")} autoComplete="off" value={prefix} onChange={(event) => setPrefix(event.target.value)} />
        </div>
        <Select label={t("platform.status")} hideLabel value={status} onChange={setStatus} options={statuses.map((value) => ({ value, label: t(`platform.statuses.${value}`) }))} />
      </div>
      <Loaded query={accounts} rows={4}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <Nothing sign={<UserIcon />}>{t("platform.noAccounts")}</Nothing>
          ) : (
            <ul>
              {items.map((one) => (
                <li key={one.id}>
                  <AccountRow account={one} own={one.id === own} />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      {accounts.hasNextPage && (
        <div className={styles.more}>
          <Button size="small" variant="quiet" busy={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
            {t("platform.moreAccounts")}
          </Button>
        </div>
      )}
    </Group>
  );
}

type Asked = "disable" | "owner" | "quota" | null;

function AccountRow({ account, own }: { account: ManagedAccount; own: boolean }) {
  const { t } = useTranslation("settings");
  const { now, locale } = useViewer();
  const [asked, setAsked] = useState<Asked>(null);
  const manage = useManage(account, () => setAsked(null));
  const number = new Intl.NumberFormat(locale);
  const seen = account.seenAt === null ? t("platform.unseen") : t("platform.seen", { ago: ago(new Date(account.seenAt), now, locale) });
  const tasks = t("platform.taskCount", { count: account.tasks, quota: number.format(account.taskQuota) });
  return (
    <>
      <Row
        sign={<Avatar name={account.email} />}
        label={
          <>
            {account.email}
            {own && <Badge>{t("platform.you")}</Badge>}
            {account.owner && <Badge tone="accent">{t("platform.owner")}</Badge>}
            {account.disabledAt !== null && <Badge tone="danger">{t("platform.disabled")}</Badge>}
            {!account.emailVerified && <Badge tone="warn">{t("account.unverified")}</Badge>}
          </>
        }
        detail={`${seen} · ${tasks}`}
      >
        <Menu
          align="end"
          trigger={
            <IconButton size="small" label={t("platform.more", { email: account.email })}>
              <MoreIcon />
            </IconButton>
          }
        >
          {account.disabledAt === null ? (
            <MenuItem icon={<LockIcon />} danger onSelect={() => setAsked("disable")}>
              {t("platform.disable")}
            </MenuItem>
          ) : (
            <MenuItem icon={<PlayIcon />} onSelect={() => manage.mutate({ disabled: false })}>
              {t("platform.enable")}
            </MenuItem>
          )}
          <MenuItem icon={<StarIcon />} onSelect={() => setAsked("owner")}>
            {account.owner ? t("platform.noOwner") : t("platform.makeOwner")}
          </MenuItem>
          <MenuItem icon={<EditIcon />} onSelect={() => setAsked("quota")}>
            {t("platform.quota")}
          </MenuItem>
        </Menu>
      </Row>
      {asked === "disable" && <AskDialog kind="disable" danger account={account} patch={{ disabled: true }} onClose={() => setAsked(null)} />}
      {asked === "owner" && <AskDialog kind={account.owner ? "noOwner" : "makeOwner"} account={account} patch={{ owner: !account.owner }} onClose={() => setAsked(null)} />}
      {asked === "quota" && <QuotaDialog account={account} onClose={() => setAsked(null)} />}
    </>
  );
}

function useManage(account: ManagedAccount, onDone: () => void) {
  const { t } = useTranslation("settings");
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: AccountPatch) => client.call(settingsOperations.manageAccount, { path: { id: account.id }, body }),
    onSuccess: () => {
      showToast({ tone: "plain", message: t("platform.managed", { email: account.email }) });
      onDone();
      return cache.invalidateQueries({ queryKey: listKey });
    },
  });
}

interface AskDialogProps {
  kind: "disable" | "makeOwner" | "noOwner";
  danger?: boolean;
  account: ManagedAccount;
  patch: AccountPatch;
  onClose: () => void;
}

function AskDialog({ kind, danger = false, account, patch, onClose }: AskDialogProps) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const manage = useManage(account, onClose);
  return (
    <FormDialog
      open
      onClose={onClose}
      title={t(`platform.${kind}Title`, { email: account.email })}
      description={t(`platform.${kind}Text`)}
      submit={t(`platform.${kind}`)}
      danger={danger}
      busy={manage.isPending}
      fault={manage.error ? explain(manage.error) : undefined}
      onSubmit={() => manage.mutate(patch)}
    />
  );
}

const quotaFields = ["taskQuota"] as const;

function QuotaDialog({ account, onClose }: { account: ManagedAccount; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const faultsOf = useFaults(quotaFields);
  const manage = useManage(account, onClose);
  const [quota, setQuota] = useState(String(account.taskQuota));
  const [tried, setTried] = useState(false);
  const faults = manage.error ? faultsOf(manage.error) : { fields: {} };
  const fits = quota.trim() === "" || (/^\d+$/.test(quota.trim()) && Number(quota) <= 1_000_000);
  const submit = () => {
    setTried(true);
    if (fits) manage.mutate({ taskQuota: quota.trim() === "" ? null : Number(quota) });
  };
  return (
    <FormDialog open onClose={onClose} title={t("platform.quotaTitle", { email: account.email })} submit={t("save")} busy={manage.isPending} fault={faults.rest} onSubmit={submit}>
      <Field label={t("platform.quotaLabel")} hint={t("platform.quotaHint")} fault={tried && !fits ? t("platform.quotaRule") : faults.fields.taskQuota}>
        {(control) => <Input {...control} inputMode="numeric" autoComplete="off" value={quota} onChange={(event) => setQuota(event.target.value)} />}
      </Field>
    </FormDialog>
  );
}
