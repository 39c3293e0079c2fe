import { useTranslation } from "react-i18next";
import { Dialog } from "../ui/Dialog";
import { Kbd } from "../ui/Kbd";
import { Switch } from "../ui/Switch";
import { switchSingleKeys, useBindings, useKeyChanges } from "./bindings";
import { catalogue, fixedKeys, groups } from "./catalogue";
import styles from "./commands.module.css";
import "./texts";

/** Every key, as it is now. */
export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation("commands");
  const bindings = useBindings();
  const { singleKeys } = useKeyChanges();
  return (
    <Dialog open={open} onClose={onClose} title={t("help")} size="large">
      <div className={styles.help}>
        {groups.map((group) => {
          const rows = [
            ...catalogue.filter((command) => command.group === group && bindings.has(command.id)).map(({ id }) => ({ id, keys: bindings.get(id) ?? "" })),
            ...(group === "list" ? fixedKeys : []),
          ];
          if (rows.length === 0) return null;
          return (
            <section key={group} className={styles.group}>
              <h3>{t(`group.${group}`)}</h3>
              <dl>
                {rows.map(({ id, keys }) => (
                  <div key={id} className={styles.line}>
                    <dt>{t(id)}</dt>
                    <dd>
                      <Kbd keys={keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <div className={styles.switch}>
        <Switch label={t("singleKeys")} detail={t("singleKeysDetail")} checked={singleKeys} onChange={switchSingleKeys} />
      </div>
    </Dialog>
  );
}
