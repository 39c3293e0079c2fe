import { readStored, store, useStored } from "./stored";

export type Theme = "system" | "light" | "dark";
export type Density = "cosy" | "compact";

const places = { theme: "todo.theme", density: "todo.density" } as const;

/** Draws the page as the person wants it on this device. */
export function applyAppearance(): void {
  const { dataset } = document.documentElement;
  const theme = readStored(places.theme);
  if (theme === "light" || theme === "dark") dataset.theme = theme;
  else delete dataset.theme;
  dataset.density = readStored(places.density) === "compact" ? "compact" : "cosy";
}

export function setTheme(theme: Theme): void {
  store(places.theme, theme);
  applyAppearance();
}

export function setDensity(density: Density): void {
  store(places.density, density);
  applyAppearance();
}

export function useAppearance(): { theme: Theme; density: Density } {
  const [theme] = useStored(places.theme);
  const [density] = useStored(places.density);
  return { theme: theme === "light" || theme === "dark" ? theme : "system", density: density === "compact" ? "compact" : "cosy" };
}
