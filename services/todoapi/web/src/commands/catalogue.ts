/** Everything that people can ask for by a key or in the palette, in the order of the help. Its words are the texts of the same name. */
const all = [
  { id: "palette", group: "general", keys: "$mod+k" },
  { id: "addTask", group: "general", keys: "q" },
  { id: "search", group: "general", keys: "/" },
  { id: "chat", group: "general", keys: "c" },
  { id: "undo", group: "general", keys: "z" },
  { id: "toggleSidebar", group: "general", keys: "[" },
  { id: "help", group: "general", keys: "?" },

  { id: "goToday", group: "go", keys: "g t" },
  { id: "goInbox", group: "go", keys: "g i" },
  { id: "goUpcoming", group: "go", keys: "g u" },
  { id: "goDashboard", group: "go", keys: "g d" },
  { id: "goCompleted", group: "go", keys: "g c" },
  { id: "goActivity", group: "go", keys: "g a" },
  { id: "goTrash", group: "go", keys: "" },
  { id: "goSettings", group: "go", keys: "g s" },
  { id: "goNotices", group: "go", keys: "g n" },

  { id: "nextTask", group: "list", keys: "j" },
  { id: "previousTask", group: "list", keys: "k" },
  { id: "selectTask", group: "list", keys: "x" },
  { id: "selectAllTasks", group: "list", keys: "*" },
  { id: "clearSelection", group: "list", keys: "Escape" },

  { id: "completeTask", group: "task", keys: "e" },
  { id: "setDate", group: "task", keys: "t" },
  { id: "setPriority1", group: "task", keys: "1" },
  { id: "setPriority2", group: "task", keys: "2" },
  { id: "setPriority3", group: "task", keys: "3" },
  { id: "setPriority4", group: "task", keys: "4" },
  { id: "setTags", group: "task", keys: "l" },
  { id: "moveTask", group: "task", keys: "v" },
  { id: "taskMenu", group: "task", keys: "." },

  { id: "addProject", group: "more", keys: "" },
  { id: "addFilter", group: "more", keys: "" },
  { id: "addTag", group: "more", keys: "" },
  { id: "themeLight", group: "more", keys: "" },
  { id: "themeDark", group: "more", keys: "" },
  { id: "themeSystem", group: "more", keys: "" },
  { id: "signOut", group: "more", keys: "" },
] as const;

export type CommandId = (typeof all)[number]["id"];
export type CommandGroup = (typeof all)[number]["group"];

export interface Command {
  id: CommandId;
  group: CommandGroup;
  /** As they are until somebody changes them: "e", "$mod+k", or one after the other "g t". */
  keys: string;
}

export const catalogue: readonly Command[] = all;
export const groups: readonly CommandGroup[] = ["general", "go", "list", "task", "more"];

/** Commands that are run again and again while their key is held. */
export const repeating: ReadonlySet<CommandId> = new Set(["nextTask", "previousTask"]);

/** Commands after which somebody types. */
export const typing: ReadonlySet<CommandId> = new Set(["palette", "addTask", "search", "chat", "setDate", "setTags", "moveTask", "addProject", "addFilter", "addTag"]);

/** Keys that lists answer by themselves. They are as everywhere else, and cannot be changed. */
export const fixedKeys = [
  { id: "openTask", keys: "Enter" },
  { id: "selectRange", keys: "Shift+ArrowDown" },
  { id: "reorder", keys: "Alt+ArrowDown" },
  { id: "deleteTask", keys: "Delete" },
] as const;
