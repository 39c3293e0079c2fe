import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Language, languageOf, languages } from "../../../i18n/i18n";
import { inUTC, spellInstant } from "../../../time/due";
import { deviceZone, useNow } from "../../../time/useNow";
import { Button } from "../../../ui/Button";
import { Combobox } from "../../../ui/Combobox";
import { SegmentedControl } from "../../../ui/SegmentedControl";
import { Select } from "../../../ui/Select";
import { type Clock, localeOf, type LocaleParts, partsOf, regionsOf, spokenIn } from "../locale";
import { Group, Note, Row } from "../parts";
import styles from "../settings.module.css";
import { TimeChoice } from "../TimeChoice";
import { type Choosing, useChosenSettings } from "../useChosenSettings";
import { nameOf, offsetOf, zonesWith } from "../zones";

/** Language, days and clocks: what holds on every device of a person's. */
export function General() {
  const chosen = useChosenSettings();
  if (!chosen) return null;
  return (
    <>
      <Words {...chosen} />
      <Zone {...chosen} />
      <Days {...chosen} />
    </>
  );
}

function Words({ settings, change }: Choosing) {
  const { t, i18n } = useTranslation("settings");
  const now = useNow();
  const parts = partsOf(settings.locale);
  const to = (next: LocaleParts) => change({ locale: localeOf(next) });
  const shown = { ...parts, region: parts.region || (new Intl.Locale(parts.language).maximize().region ?? "") };
  const regionName = new Intl.DisplayNames(i18n.language, { type: "region" });
  const viewer = { now, zone: settings.zone, locale: settings.locale };
  return (
    <Group title={t("general.words")} text={t("general.wordsText")}>
      <Row label={t("general.language")} wide>
        <div className={styles.fixed}>
          <Select<Language>
            label={t("general.language")}
            hideLabel
            value={languageOf(settings.locale)}
            onChange={(language) => to(spokenIn(parts, language))}
            options={Object.entries(languages).map(([value, label]) => ({ value: value as Language, label }))}
          />
        </div>
      </Row>
      <Row label={t("general.region")} detail={t("general.regionExample", { example: spellInstant(now, viewer), number: new Intl.NumberFormat(settings.locale).format(12_345.6) })} wide>
        <div className={styles.fixed}>
          <Select
            label={t("general.region")}
            hideLabel
            value={shown.region}
            onChange={(region) => to({ ...parts, region })}
            options={regionsOf(shown).map((region) => ({ value: region, label: regionName.of(region) ?? region }))}
          />
        </div>
      </Row>
      <Row label={t("general.clock")} wide>
        <SegmentedControl<Clock>
          label={t("general.clock")}
          value={parts.clock}
          onChange={(clock) => to({ ...parts, clock })}
          options={[
            { value: "region", label: t("general.clockRegion") },
            { value: "12", label: t("general.clock12") },
            { value: "24", label: t("general.clock24") },
          ]}
        />
      </Row>
    </Group>
  );
}

function Zone({ settings, change }: Choosing) {
  const { t } = useTranslation("settings");
  const now = useNow();
  const device = deviceZone();
  // Offsets change twice a year, and reckoning all of them is slow.
  const [opened] = useState(now);
  const options = useMemo(
    () => zonesWith([settings.zone, device]).map((zone) => ({ value: zone, label: `${nameOf(zone)} (${offsetOf(zone, opened)})` })),
    [settings.zone, device, opened],
  );
  return (
    <Group title={t("general.zone")} text={t("general.zoneText")}>
      <Row label={t("general.zoneLabel")} detail={t("general.zoneNow", { time: spellInstant(now, { now, zone: settings.zone, locale: settings.locale }) })} wide>
        <div className={styles.fixed}>
          <Combobox label={t("general.zone")} hideLabel value={settings.zone} onChange={(zone) => change({ zone })} options={options} />
        </div>
      </Row>
      {device !== settings.zone && (
        <Note
          action={
            <Button size="small" onClick={() => change({ zone: device })}>
              {t("general.useDevice")}
            </Button>
          }
        >
          {t("general.otherZone", { zone: nameOf(device) })}
        </Note>
      )}
    </Group>
  );
}

function Days({ settings, change }: Choosing) {
  const { t } = useTranslation("settings");
  // The first of January 2024 was a Monday.
  const dayName = (day: number) => inUTC(`2024-01-0${day}`, settings.locale, { weekday: "long" });
  return (
    <Group title={t("general.days")}>
      <Row label={t("general.weekStart")} wide>
        <div className={styles.fixed}>
          <Select
            label={t("general.weekStart")}
            hideLabel
            value={String(settings.weekStart)}
            onChange={(day) => change({ weekStart: Number(day) })}
            options={[1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: dayName(day) }))}
          />
        </div>
      </Row>
      <Row label={t("general.dayStart")} detail={t("general.dayStartDetail")} wide>
        <TimeChoice label={t("general.dayStart")} value={settings.dayStart} onChange={(dayStart) => change({ dayStart })} settings={settings} />
      </Row>
    </Group>
  );
}
