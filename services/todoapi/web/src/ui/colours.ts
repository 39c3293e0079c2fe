/** The colours that projects, tags and filters can have, by their names in the API. */
export const colours = ["grey", "red", "orange", "yellow", "lime", "green", "teal", "blue", "violet", "pink"] as const;

export type Colour = (typeof colours)[number];
