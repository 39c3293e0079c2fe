import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Invitation } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { ago } from "../ago";
import { Button } from "../../../ui/Button";
import { Field } from "../../../ui/Field";
import { PlusIcon } from "../../../ui/icons";
import { Input } from "../../../ui/Input";
import { MailIcon } from "../../../ui/moreIcons";
import { Select } from "../../../ui/Select";
import { showToast } from "../../../ui/toastStore";
import { useExplain, useFaults } from "../faults";
import { FormDialog, Group, Loaded, Nothing, Row, SecretDialog } from "../parts";

const queryKey = ["settings", "invitations"];

/** Who may sign up where that takes an invitation. */
export function Invitations() {
  const { t } = useTranslation("settings");
  const invitations = useQuery({ queryKey, queryFn: () => client.call(settingsOperations.listInvitations, {}) });
  const [making, setMaking] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  return (
    <>
      <Group
        title={t("platform.invitations")}
        text={t("platform.invitationsText")}
        actions={
          <Button size="small" icon={<PlusIcon />} onClick={() => setMaking(true)}>
            {t("platform.invite")}
          </Button>
        }
      >
        <Loaded query={invitations}>
          {({ items }) =>
            items.length === 0 ? (
              <Nothing sign={<MailIcon />}>{t("platform.noInvitations")}</Nothing>
            ) : (
              <ul>
                {items.map((invitation) => (
                  <li key={invitation.id}>
                    <InvitationRow invitation={invitation} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Group>
      {making && (
        <InviteDialog
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            setLink(made);
          }}
        />
      )}
      <SecretDialog secret={link} title={t("platform.invited")} text={t("platform.invitedText")} onClose={() => setLink(null)} />
    </>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation("settings");
  const { now, locale } = useViewer();
  const explain = useExplain();
  const cache = useQueryClient();
  const name = invitation.email ?? t("platform.anybody");
  const withdraw = useMutation({
    mutationFn: () => client.call(settingsOperations.withdrawInvitation, { path: { id: invitation.id } }),
    onSuccess: () => showToast({ tone: "plain", message: t("platform.withdrawn") }),
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  return (
    <Row sign={<MailIcon />} label={name} detail={t("platform.invitationEnds", { when: ago(new Date(invitation.expiresAt), now, locale) })}>
      <Button size="small" busy={withdraw.isPending} aria-label={t("platform.withdrawOne", { name })} onClick={() => withdraw.mutate()}>
        {t("platform.withdraw")}
      </Button>
    </Row>
  );
}

const fields = ["email", "days"] as const;
const lives = ["1", "7", "14", "30", "90"] as const;

function InviteDialog({ onClose, onMade }: { onClose: () => void; onMade: (link: string) => void }) {
  const { t } = useTranslation("settings");
  const cache = useQueryClient();
  const faultsOf = useFaults(fields);
  const [email, setEmail] = useState("");
  const [days, setDays] = useState<(typeof lives)[number]>("14");
  const invite = useMutation({
    mutationFn: () => client.call(settingsOperations.createInvitation, { body: { days: Number(days), ...(email.trim() !== "" && { email: email.trim() }) } }),
    // A platform that does not know its own address gives the token alone.
    onSuccess: ({ link, token }) => onMade(link ?? token),
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  const faults = invite.error ? faultsOf(invite.error) : { fields: {} };
  return (
    <FormDialog open onClose={onClose} title={t("platform.inviteTitle")} submit={t("platform.inviteSubmit")} busy={invite.isPending} fault={faults.rest} onSubmit={() => invite.mutate()}>
      <Field label={t("platform.inviteEmail")} hint={t("platform.inviteEmailHint")} fault={faults.fields.email}>
        {(control) => <Input {...control} type="email" autoComplete="off" maxLength={254} value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <Select label={t("platform.inviteDays")} value={days} onChange={setDays} options={lives.map((value) => ({ value, label: t("platform.days", { count: Number(value) }) }))} />
    </FormDialog>
  );
}
