import { useTranslation } from "react-i18next";
import * as acts from "../../../store/acts";
import type { Kinds } from "../../../store/model";
import { TrashIcon } from "../../../ui/icons";
import { Menu, MenuItem, MenuSeparator } from "../../../ui/Menu";
import { EditIcon } from "../../../ui/moreIcons";
import type { MenuProps } from "../../../ui/useMenuButton";
import { useEdit } from "../useEdit";

interface SectionMenuItemsProps extends MenuProps {
  section: Kinds["sections"];
  onRename: () => void;
}

/** The menu of a section, beside its heading. */
export function SectionMenuItems({ section, onRename, ...menu }: SectionMenuItemsProps) {
  const { t } = useTranslation("task");
  const edit = useEdit();
  return (
    <Menu align="end" {...menu}>
      <MenuItem icon={<EditIcon />} onSelect={onRename}>
        {t("section.rename")}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<TrashIcon />} danger onSelect={() => edit([acts.deleteSection(section.id)], t("section.deleted", { name: section.name }))}>
        {t("section.delete")}
      </MenuItem>
    </Menu>
  );
}
