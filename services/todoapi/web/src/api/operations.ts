import type * as Api from "./generated/types.gen.ts";

/** What an operation takes, as the generated types have it. */
export interface Taken {
  url: string;
  body?: unknown;
  path?: unknown;
  query?: unknown;
  headers?: unknown;
}

/** One operation of the API: what it takes and gives is the business of the types alone. */
export interface Operation<Takes extends Taken, Gives> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: Takes["url"];
  readonly types?: { takes: Takes; gives: Gives };
}

/** The answer of an operation by its answers by status. */
export type Answer<Answers> = Answers[keyof Answers];

/** The members of what an operation takes that a caller must or may fill in. */
export type Input<Takes extends Taken> = {
  [Part in keyof Takes as Part extends "url" ? never : [Takes[Part]] extends [undefined] ? never : Part]: Takes[Part];
};

export function operation<Takes extends Taken, Gives>(method: Operation<Takes, Gives>["method"], path: Takes["url"]): Operation<Takes, Gives> {
  return { method, path };
}

/** The operations that the page uses, but for those that what is fetched later brings along. A path, a body or an answer that the API no longer has fails the check of types. */
export const operations = {
  signUp: operation<Api.SignUpData, Api.SignUpResponse>("POST", "/auth/sign-up"),
  login: operation<Api.LoginData, Api.LoginResponse>("POST", "/auth/login"),
  refresh: operation<Api.RefreshData, Api.RefreshResponse>("POST", "/auth/refresh"),
  logout: operation<Api.LogoutData, Api.LogoutResponse>("POST", "/auth/logout"),
  getMe: operation<Api.GetMeData, Api.GetMeResponse>("GET", "/me"),
  requestVerification: operation<Api.RequestVerificationData, Answer<Api.RequestVerificationResponses>>("POST", "/me/verification"),
  sync: operation<Api.SyncData, Api.SyncResponse>("GET", "/sync"),
  listAuditEntries: operation<Api.ListAuditEntriesData, Api.ListAuditEntriesResponse>("GET", "/audit"),
  listTasks: operation<Api.ListTasksData, Api.ListTasksResponse>("GET", "/tasks"),
  previewQuickAdd: operation<Api.PreviewQuickAddData, Api.PreviewQuickAddResponse>("POST", "/previews/quick-add"),
  previewRecurrence: operation<Api.PreviewRecurrenceData, Api.PreviewRecurrenceResponse>("POST", "/previews/recurrence"),
  readStatistics: operation<Api.ReadStatisticsData, Api.ReadStatisticsResponse>("GET", "/statistics"),
  searchTasks: operation<Api.SearchTasksData, Api.SearchTasksResponse>("GET", "/search"),
  listChanges: operation<Api.ListChangesData, Api.ListChangesResponse>("GET", "/changes"),
  applyCommands: operation<Api.ApplyCommandsData, Api.ApplyCommandsResponse>("POST", "/commands"),
  quickAdd: operation<Api.QuickAddData, Api.QuickAddResponse>("POST", "/quick-add"),
  skipTask: operation<Api.SkipTaskData, Api.SkipTaskResponse>("POST", "/tasks/{id}/skip"),
  resumeTask: operation<Api.ResumeTaskData, Api.ResumeTaskResponse>("POST", "/tasks/{id}/resume"),
  undo: operation<Api.UndoData, Api.UndoResponse>("POST", "/undo"),
  getTask: operation<Api.GetTaskData, Api.GetTaskResponse>("GET", "/tasks/{id}"),
};
