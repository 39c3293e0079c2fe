import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAttention } from "../../sync/hooks";
import { Button } from "../../ui/Button";
import { lazilyOpened } from "../../ui/lazily";
import { Notice } from "../../ui/Notice";

const AttentionDialog = lazilyOpened(() => import("./AttentionDialog").then((module) => module.AttentionDialog));

/** Says what could not be done, for as long as nobody has decided about it. */
export function AttentionNotice() {
  const { t } = useTranslation("nav");
  const { ops } = useAttention();
  const [open, setOpen] = useState(false);
  if (ops.length === 0) return null;
  return (
    <>
      <Notice
        action={
          <Button size="small" onClick={() => setOpen(true)}>
            {t("attention.look")}
          </Button>
        }
      >
        {t("attention.count", { count: ops.length })}
      </Notice>
      <AttentionDialog open={open} onClose={() => setOpen(false)} ops={ops} />
    </>
  );
}
