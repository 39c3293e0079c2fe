/** Props of a control that has a name: by the label of a Field, which gives it its id, or by one of its own. */
export type Named<Props> = Omit<Props, "id" | "aria-label" | "aria-labelledby"> &
  (
    | { id: string; "aria-label"?: never; "aria-labelledby"?: never }
    | { id?: string; "aria-label": string; "aria-labelledby"?: never }
    | { id?: string; "aria-label"?: never; "aria-labelledby": string }
  );
