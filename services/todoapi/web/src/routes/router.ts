import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from "@tanstack/react-router";
import { Frame } from "./Frame";
import { InboxScreen } from "./inbox";
import { Nowhere } from "./Nowhere";
import { TodayScreen } from "./today";
import { narrow } from "../ui/useMedia";

const views = ["list", "board", "calendar"] as const;
export type View = (typeof views)[number];

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

const root = createRootRoute({
  component: Frame,
  notFoundComponent: Nowhere,
  // The task that is open beside the list, wherever somebody goes.
  validateSearch: (search: Record<string, unknown>): { task?: string | undefined } => {
    const task = textOf(search.task);
    return task === undefined ? {} : { task };
  },
  search: { middlewares: [retainSearchParams(["task"])] },
});

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router wants redirects thrown
    throw redirect({ to: "/today", replace: true });
  },
});
const today = createRoute({ getParentRoute: () => root, path: "/today", component: TodayScreen });
const inbox = createRoute({ getParentRoute: () => root, path: "/inbox", component: InboxScreen });
const upcoming = createRoute({ getParentRoute: () => root, path: "/upcoming", component: lazyRouteComponent(() => import("./upcoming"), "UpcomingScreen") });
const project = createRoute({
  getParentRoute: () => root,
  path: "/p/$id",
  component: lazyRouteComponent(() => import("./project"), "ProjectScreen"),
  validateSearch: (search: Record<string, unknown>): { view?: View } => {
    const view = views.find((name) => name === search.view);
    return view === undefined ? {} : { view };
  },
});
const filter = createRoute({ getParentRoute: () => root, path: "/filter/$id", component: lazyRouteComponent(() => import("./filter"), "FilterScreen") });
const tag = createRoute({ getParentRoute: () => root, path: "/tag/$name", component: lazyRouteComponent(() => import("./tag"), "TagScreen") });
const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  component: lazyRouteComponent(() => import("./search"), "SearchScreen"),
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    // The router reads "5" as a number.
    const q = textOf(typeof search.q === "number" ? String(search.q) : search.q);
    return q === undefined ? {} : { q };
  },
});
const completed = createRoute({ getParentRoute: () => root, path: "/completed", component: lazyRouteComponent(() => import("./completed"), "CompletedScreen") });
const trash = createRoute({ getParentRoute: () => root, path: "/trash", component: lazyRouteComponent(() => import("./trash"), "TrashScreen") });
const activity = createRoute({ getParentRoute: () => root, path: "/activity", component: lazyRouteComponent(() => import("./activity"), "ActivityScreen") });
const chat = createRoute({ getParentRoute: () => root, path: "/chat/{-$id}", component: lazyRouteComponent(() => import("./chat"), "ChatScreen") });
const dashboard = createRoute({
  getParentRoute: () => root,
  path: "/dashboard",
  component: lazyRouteComponent(() => import("./dashboard"), "DashboardScreen"),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings"), "SettingsScreen"),
  beforeLoad: () => {
    // Where there is room for one column alone, the list of sections is a page of its own.
    if (window.matchMedia(narrow).matches) return;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router wants redirects thrown
    throw redirect({ to: "/settings/$section", params: { section: "account" }, replace: true });
  },
});
const settingsSection = createRoute({
  getParentRoute: () => root,
  path: "/settings/$section",
  component: lazyRouteComponent(() => import("./settings"), "SettingsScreen"),
});

const routeTree = root.addChildren([
  index,
  today,
  inbox,
  upcoming,
  project,
  filter,
  tag,
  search,
  completed,
  trash,
  activity,
  dashboard,
  chat,
  settings,
  settingsSection,
]);

export function makeRouter() {
  return createRouter({ routeTree, defaultPreload: "intent", scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
