import { useMutation } from "@tanstack/react-query";
import { Trans, useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { User } from "../../api/types";
import { asksServer } from "../../sync/asksServer";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { showToast } from "../../ui/toastStore";
import "./texts";

/** Asks a person to verify the address. */
export const VerifyBanner = asksServer(function VerifyBanner({ user: { email } }: { user: User }) {
  const { t } = useTranslation("session");
  const sending = useMutation({
    mutationFn: () => client.call(operations.requestVerification, {}),
    onSuccess: () => showToast({ tone: "plain", message: t("banner.sent", { email }) }),
    onError: (error) => showToast({ tone: "error", message: error.message }),
  });
  return (
    <Notice
      action={
        <Button size="small" busy={sending.isPending} onClick={() => sending.mutate()}>
          {t("banner.again")}
        </Button>
      }
    >
      <Trans t={t} i18nKey="banner.text" values={{ email }} components={{ strong: <strong /> }} />
    </Notice>
  );
});
