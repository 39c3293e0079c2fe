import styles from "./Badge.module.css";
import { colours, type Colour } from "./colours";

function isColour(name: string): name is Colour {
  return (colours as readonly string[]).includes(name);
}

/** The colour of a project, tag or filter. Its name stands beside it. One of a later version is grey. */
export function ColourDot({ colour }: { colour: string }) {
  return <span className={styles.dot} style={{ color: `var(--colour-${isColour(colour) ? colour : "grey"})` }} aria-hidden="true" />;
}
