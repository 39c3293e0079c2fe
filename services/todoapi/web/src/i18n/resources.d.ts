import "i18next";

/** The texts of English tell which keys there are: another key does not compile. */
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui";
    returnNull: false;
    resources: {
      activity: typeof import("./en/activity.json");
      chat: typeof import("./en/chat.json");
      commands: typeof import("./en/commands.json");
      dashboard: typeof import("./en/dashboard.json");
      lists: typeof import("./en/lists.json");
      nav: typeof import("./en/nav.json");
      onboarding: typeof import("./en/onboarding.json");
      pane: typeof import("./en/pane.json");
      search: typeof import("./en/search.json");
      session: typeof import("./en/session.json");
      settings: typeof import("./en/settings.json");
      task: typeof import("./en/task.json");
      ui: typeof import("./en/ui.json");
    };
  }
}
