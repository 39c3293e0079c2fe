import { useId } from "react";
import { useTranslation } from "react-i18next";
import { type Density, setDensity, setTheme, type Theme, useAppearance } from "../../../ui/appearance";
import { SegmentedControl } from "../../../ui/SegmentedControl";
import { useMedia } from "../../../ui/useMedia";
import { Group, Row } from "../parts";
import styles from "../settings.module.css";

const themes: readonly Theme[] = ["system", "light", "dark"];

/** How the page looks on this device. */
export function Appearance() {
  const { t } = useTranslation("settings");
  const { theme, density } = useAppearance();
  const still = useMedia("(prefers-reduced-motion: reduce)");
  const name = useId();
  return (
    <>
      <Group title={t("appearance.theme")} text={t("appearance.thisDevice")}>
        <div className={styles.themes} role="radiogroup" aria-label={t("appearance.theme")}>
          {themes.map((one) => (
            <label key={one} className={styles.theme}>
              <input type="radio" name={name} value={one} checked={theme === one} onChange={() => setTheme(one)} />
              <ThemePicture theme={one} />
              <span>{t(`appearance.${one}`)}</span>
            </label>
          ))}
        </div>
      </Group>
      <Group title={t("appearance.layout")}>
        <Row label={t("appearance.density")} detail={t("appearance.densityDetail")} wide>
          <SegmentedControl<Density>
            label={t("appearance.density")}
            value={density}
            onChange={setDensity}
            options={[
              { value: "cosy", label: t("appearance.cosy") },
              { value: "compact", label: t("appearance.compact") },
            ]}
          />
        </Row>
        <Row label={t("appearance.motion")} detail={still ? t("appearance.motionOff") : t("appearance.motionOn")} />
      </Group>
    </>
  );
}

interface Colours {
  page: string;
  sidebar: string;
  surface: string;
  line: string;
  words: string;
  accent: string;
}

const light: Colours = { page: "#f6f5f2", sidebar: "#e9e7e1", surface: "#ffffff", line: "#d9d6ce", words: "#8f8c84", accent: "#4f46e5" };
const dark: Colours = { page: "#141416", sidebar: "#1d1d20", surface: "#242428", line: "#3a3a42", words: "#7d7d88", accent: "#8f8aff" };

/** A small page in the colours of a theme; that of the system is half of each. */
function ThemePicture({ theme }: { theme: Theme }) {
  const half = useId();
  return (
    <svg viewBox="0 0 160 96" aria-hidden="true">
      <SmallPage colours={theme === "dark" ? dark : light} />
      {theme === "system" && (
        <>
          <clipPath id={half}>
            <path d="M104 0H160V96H56z" />
          </clipPath>
          <g clipPath={`url(#${half})`}>
            <SmallPage colours={dark} />
          </g>
        </>
      )}
    </svg>
  );
}

function SmallPage({ colours }: { colours: Colours }) {
  return (
    <>
      <rect width="160" height="96" fill={colours.page} />
      <rect width="40" height="96" fill={colours.sidebar} />
      <rect x="8" y="12" width="24" height="5" rx="2.5" fill={colours.accent} />
      {[24, 34, 44].map((y) => (
        <rect key={y} x="8" y={y} width={y === 34 ? 18 : 24} height="4" rx="2" fill={colours.words} opacity="0.55" />
      ))}
      <rect x="52" y="12" width="34" height="7" rx="3.5" fill={colours.words} />
      {[28, 49, 70].map((y) => (
        <g key={y}>
          <rect x="52" y={y} width="96" height="16" rx="4" fill={colours.surface} stroke={colours.line} />
          <circle cx="61" cy={y + 8} r="3.2" fill="none" stroke={y === 28 ? colours.accent : colours.words} strokeWidth="1.4" />
          <rect x="70" y={y + 6} width={y === 49 ? 58 : 44} height="4" rx="2" fill={colours.words} opacity="0.7" />
        </g>
      ))}
    </>
  );
}
